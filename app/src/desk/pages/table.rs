//! What lists share: filters as chips, the line that says how many and as of when, the table, pages.

use super::begun;
use super::query::Query;
use crate::dates;
use crate::desk::Paged;
use crate::desk::paged::PAGE_ROWS;
use crate::ui::Empty;
use crate::words::{say, say_with};
use domain::actor::{Scope, YearOfStage};
use leptos::prelude::*;

/// A filter with several answers: a chip that is the browser's own list. `name` is its name in the
/// address.
#[component]
pub fn Choice(
    name: &'static str,
    #[prop(into)] label: String,
    /// Value and words.
    options: Vec<(String, String)>,
) -> impl IntoView {
    let query = Query::get();
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let chosen = {
                let value = value.clone();
                move || query.text(name) == value
            };
            view! { <option value=value prop:selected=chosen>{words}</option> }
        })
        .collect_view();
    view! {
        <label class="choice" class:on=move || !query.text(name).is_empty()>
            <span>{label}</span>
            <select on:change=move |event| {
                query.change(&[(name, &event_target_value(&event)), ("page", ""), ("open", "")]);
            }>
                <option value="" prop:selected=move || query.text(name).is_empty()>
                    {say("desk.all")}
                </option>
                {options}
            </select>
        </label>
    }
}

/// A filter that is on or off, or one of few that exclude each other.
#[component]
pub fn Toggle(
    name: &'static str,
    #[prop(default = "1")] value: &'static str,
    #[prop(into)] label: String,
    /// One of few is always on: pressed again it stays.
    #[prop(optional)]
    stays: bool,
) -> impl IntoView {
    let query = Query::get();
    let on = move || query.text(name) == value;
    view! {
        <button
            type="button"
            class="toggle"
            aria-pressed=move || if on() { "true" } else { "false" }
            on:click=move |_| {
                let next = if untrack(on) && !stays { "" } else { value };
                query.change(&[(name, next), ("page", ""), ("open", "")]);
            }
        >
            {label}
        </button>
    }
}

/// Grades and classes as a filter: the key of each place and its words.
pub fn places() -> Vec<(String, String)> {
    let begun = begun();
    let today = begun.today();
    let several = begun.directory.classes.windows(2).any(|pair| match pair {
        [a, b] => a.school != b.school,
        _ => false,
    });
    let mut classes: Vec<_> = begun.directory.classes.iter().collect();
    classes.sort_by_key(|c| (c.school, c.stage.clone(), std::cmp::Reverse(c.entry_year), c.number));
    let mut places = Vec::new();
    let mut grade = None;
    for class in classes {
        let school = begun.directory.school(class.school).map(|s| s.name.as_str()).unwrap_or_default();
        let named = |label: String| if several { format!("{school} {label}") } else { label };
        let scope = Scope::Grade(class.school, YearOfStage::new(&class.stage, class.entry_year));
        if grade.replace(scope) != Some(scope) {
            places.push((scope.key().to_string(), named(class.grade_label(today))));
        }
        places.push((class.id.to_string(), named(class.label(today))));
    }
    places
}

/// Villages as a filter.
pub fn villages() -> Vec<(String, String)> {
    begun().directory.villages.iter().map(|v| (v.id.to_string(), v.name.clone())).collect()
}

/// How many, and 数据到: no total without it.
#[component]
pub fn Total<T: Send + Sync + Clone + 'static>(
    paged: RwSignal<Option<Paged<T>>>,
    /// With `{n}`.
    key: &'static str,
) -> impl IntoView {
    move || {
        paged.with(|paged| {
            let paged = paged.as_ref()?;
            let total = say_with(key, &[("n", &paged.total.to_string())]);
            let as_of =
                format!("{} {}", domain::calendar::local_date(paged.as_of), dates::clock(paged.as_of));
            let as_of = say_with("desk.as_of", &[("at", &as_of)]);
            Some(view! { <strong>{total}</strong> " " <span class="hint">{as_of}</span> })
        })
    }
}

/// One page of a list: what `show` makes of its rows and the way to other pages, or that there are none.
pub fn page_of<T>(
    paged: Paged<T>,
    none: impl FnOnce() -> String,
    show: impl FnOnce(Vec<T>) -> AnyView,
) -> AnyView {
    if paged.rows.is_empty() {
        return view! { <Empty text=none() /> }.into_any();
    }
    let (total, page) = (paged.total, paged.page);
    view! {
        {show(paged.rows)}
        <Pages total=total page=page />
    }
    .into_any()
}

/// Rows below the names of their columns.
pub fn table<const N: usize>(columns: [&'static str; N], rows: impl IntoView + 'static) -> AnyView {
    let heads = columns.map(|column| view! { <th scope="col">{column}</th> });
    view! {
        <div class="table">
            <table>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Other pages, when there are any.
#[component]
fn Pages(total: u32, page: u32) -> impl IntoView {
    let query = Query::get();
    let pages = total.div_ceil(PAGE_ROWS).max(1);
    let to = move |page: u32| query.with(&[("page", &page.to_string()), ("open", "")]);
    (pages > 1).then(|| {
        let place = say_with("desk.page", &[("n", &(page + 1).to_string()), ("of", &pages.to_string())]);
        view! {
            <nav class="pages" aria-label=say("desk.pages")>
                {(page > 0).then(|| view! { <a href=to(page - 1)>{say("desk.previous")}</a> })}
                <span>{place}</span>
                {(page + 1 < pages).then(|| view! { <a href=to(page + 1)>{say("desk.next")}</a> })}
            </nav>
        }
    })
}
