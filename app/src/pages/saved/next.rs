//! 下一家: what is owed in the same village, nearest first, without the doors where somebody stood today.

use crate::device;
use crate::pages::today::duty_line::{Act, DutyLine};
use crate::pages::today::house::{House, been_today};
use crate::pages::today::row::Row;
use crate::pages::today::why::Why;
use crate::pages::visit::SetOut;
use crate::phone::Phone;
use crate::words::{say, say_with};
use domain::ids::{StudentId, VillageId};
use domain::visit::opening::Errand;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// How many houses of the same village are offered next.
const NEXT: usize = 3;

/// Houses to go to from here.
pub fn houses(phone: Phone, village: VillageId, done: Vec<StudentId>) -> Memo<Vec<DutyLine>> {
    Memo::new(move |_| {
        let now = device::now();
        let today = device::today();
        let Some(me) = phone.me.get() else { return Vec::new() };
        phone.replica.with(|replica| {
            let duties = replica.duties(&me, now).into_iter().filter(|d| d.reason.is_knock());
            duties
                .filter(|d| d.student.is_some_and(|s| !done.contains(&s)))
                .map(|d| DutyLine::of(d, replica, today))
                .filter(|line| line.village == Some(village))
                .filter(|line| line.duty.student.is_some_and(|s| !been_today(s, replica, &me, today)))
                .take(NEXT)
                .collect()
        })
    })
}

/// The rows.
#[component]
pub fn NextHouses(lines: Memo<Vec<DutyLine>>) -> impl IntoView {
    let why = RwSignal::new(None);
    let rows = move || {
        let lines = lines.get();
        (!lines.is_empty()).then(|| {
            view! {
                <section class="group">
                    <h2 class="group-label">{say("saved.next_house")}</h2>
                    <ul class="cells">
                        {lines.into_iter().map(|line| view! { <Row house=House::of(line) why=why /> }).collect_view()}
                    </ul>
                </section>
            }
        })
    };
    view! {
        {rows}
        <Why house=why />
    }
}

/// Where to go from a house that is done: to the next one, else home.
#[derive(Clone, Copy)]
pub struct Onward {
    next: Memo<Option<(String, Errand)>>,
    set_out: SetOut,
    home: Callback<()>,
}

impl Onward {
    /// To be made while a page is built.
    pub fn new(lines: Memo<Vec<DutyLine>>) -> Self {
        let navigate = use_navigate();
        let next = Memo::new(move |_| {
            let lines = lines.read();
            lines.iter().find_map(|line| match line.acts.first() {
                Some(Act::SetOut(_, errand)) => Some((line.about.clone(), errand.clone())),
                _ => None,
            })
        });
        Self {
            next,
            set_out: SetOut::new(),
            home: Callback::new(move |()| navigate("/", NavigateOptions::default())),
        }
    }

    /// Whether it is another house.
    pub fn is_a_house(self) -> bool {
        self.next.read().is_some()
    }

    /// 下一家：袁小军, or 回今日.
    pub fn label(self) -> String {
        match &*self.next.read() {
            Some((name, _)) => say_with("saved.on_to", &[("name", name)]),
            None => say("go.home").to_owned(),
        }
    }

    /// Goes.
    pub fn go(self) {
        match self.next.get_untracked() {
            Some((_, errand)) => self.set_out.to(errand),
            None => self.home.run(()),
        }
    }
}
