//! 学生: found by name, initials, class, village.

use super::frame::Screen;
use super::load::{Answered, load};
use super::query::Query;
use super::table::{Choice, Toggle, Total, page_of, places, table, villages};
use super::{begun, said};
use crate::desk::students::{StudentRow, StudentsAsked};
use crate::desk::{Begun, Paged, functions};
use crate::ui::{Mark, Tag};
use crate::words::{say, say_with};
use domain::ids::VillageId;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use uuid::Uuid;

/// The page.
#[component]
pub fn Students() -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    let asked = Memo::new(move |_| StudentsAsked {
        words: query.text("q"),
        place: query.value("place"),
        village: query.value::<Uuid>("village").map(VillageId),
        absent: query.text("absent") == "1",
        page: query.page(),
    });
    let loaded = load(move || {
        let asked = asked.get();
        Some(async move { functions::students(asked).await })
    });
    let none = move || match query.text("q") {
        words if words.is_empty() => say("desk.students.none").to_owned(),
        words => say_with("students.not_found", &[("what", &words)]),
    };
    let columns = [
        say("desk.column.child"),
        say("desk.column.class"),
        say("desk.column.no"),
        say("desk.column.at_village"),
        say("desk.column.status"),
        say("desk.column.last_visit"),
        say("desk.column.now"),
    ];
    let show = move |paged: Paged<StudentRow>| {
        page_of(paged, none, |rows| {
            table(columns, rows.into_iter().map(|student| row(&begun, student)).collect_view())
        })
    };
    view! {
        <Screen
            title=say("desk.nav.students").to_owned()
            aside=move || view! { <Total paged=loaded.value key="desk.students.total" /> }
        >
            <div class="filters" role="group" aria-label=say("desk.filters")>
                <label class="search">
                    <span class="unseen">{say("desk.students.search")}</span>
                    <input
                        type="search"
                        placeholder=say("desk.students.search")
                        prop:value=move || query.text("q")
                        on:input=move |event| query.change(&[("q", &event_target_value(&event)), ("page", "")])
                    />
                </label>
                <Choice name="place" label=say("desk.filter.place") options=places() />
                <Choice name="village" label=say("desk.filter.village") options=villages() />
                <Toggle name="absent" label=say("desk.filter.absent") />
            </div>
            <Answered loaded=loaded show=show />
        </Screen>
    }
}

fn row(begun: &Begun, student: StudentRow) -> impl IntoView + use<> {
    let address = format!("/desk/students/{}", student.id);
    let go = address.clone();
    let days =
        student.absent_since.map(|since| begun.directory.calendar.school_days_between(since, begun.today()));
    let absent = days.map(|n| say_with("desk.students.absent", &[("n", &n.to_string())]));
    // Two of one name in one class are told apart by number or the end of the roll's number.
    let no = student
        .class_no
        .map(|no| no.to_string())
        .or_else(|| student.roll_no_end.map(|end| format!("…{end}")))
        .unwrap_or_default();
    view! {
        <tr class="goes" on:click=move |_| use_navigate()(&go, Default::default())>
            <th scope="row">
                <a href=address on:click=|event| event.stop_propagation()>
                    <bdi>{student.name}</bdi>
                </a>
            </th>
            <td>{said::class(begun, student.class)}</td>
            <td class="digits">{no}</td>
            <td>{student.village.map(|id| said::village(begun, id))}</td>
            <td>{student.status.map(|status| status.term().to_owned())}</td>
            <td class="digits">{student.last_visit.map(|at| said::moment(begun, at))}</td>
            <td>
                {absent.map(|words| view! { <Tag mark=Mark::Late word=words /> })} " "
                {(student.proposals > 0)
                    .then(|| view! { <Tag mark=Mark::VillageCorrected word=say("desk.students.two_values").to_owned() /> })}
            </td>
        </tr>
    }
}
