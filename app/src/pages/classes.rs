//! 班级: the classes whose children are on this phone.

use crate::device;
use crate::pages::no_children::NoChildren;
use crate::phone::Phone;
use crate::ui::{Cell, Empty, Group, Screen, Tab};
use crate::words::{say, say_with};
use domain::ids::ClassId;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The page.
#[component]
pub fn Classes() -> impl IntoView {
    let phone = Phone::get();
    let classes = Memo::new(move |_| {
        let today = device::today();
        phone.replica.with(|replica| {
            let mut counts: BTreeMap<ClassId, (usize, usize)> = BTreeMap::new();
            for file in replica.caseload.files.values() {
                let Some(basics) = &file.student.state.basics else { continue };
                let (all, absent) = counts.entry(basics.class).or_default();
                *all += 1;
                *absent += usize::from(file.student.state.absence.is_some());
            }
            let named = |(id, count): (ClassId, (usize, usize))| {
                let class = replica.directory.class(id)?;
                let school =
                    replica.directory.school(class.school).map(|s| s.name.clone()).unwrap_or_default();
                Some((school, (9999 - class.entry_year, class.number), class.label(today), id, count))
            };
            let mut classes: Vec<_> = counts.into_iter().filter_map(named).collect();
            classes.sort();
            classes
        })
    });
    let list = move || {
        let classes = classes.get();
        if classes.is_empty() {
            return view! { <Empty text=say(NoChildren::why(phone).key()) /> }.into_any();
        }
        let cells = classes.into_iter().map(|(school, _, label, id, (all, absent))| {
            let mut note = vec![school, say_with("classes.children", &[("n", &all.to_string())])];
            if absent > 0 {
                note.push(say_with("classes.absent", &[("n", &absent.to_string())]));
            }
            view! { <Cell title=label note=note.join(" · ") href=format!("/students?class={id}") /> }
        });
        view! { <Group>{cells.collect_view()}</Group> }.into_any()
    };
    view! { <Screen title=say("tab.classes") tab=Tab::Classes>{list}</Screen> }
}
