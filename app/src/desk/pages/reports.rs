//! 单独上报, for the headteacher and the designated person.

use super::drawer::{Drawer, Fact};
use super::frame::Screen;
use super::load::{Answered, load, sentence};
use super::query::Query;
use super::table::{Total, page_of};
use super::{begun, said};
use crate::desk::reports::ReportRow;
use crate::desk::{Begun, Fault, Paged, functions};
use crate::ui::{Chip, Chips, Day, Field, Mark, Note, Tag};
use crate::words::{say, say_with};
use chrono::NaiveDate;
use domain::entry::Body;
use domain::ids::EntryId;
use domain::safeguarding::{Authority, SafeguardingHandled};
use domain::sync::SeenEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

const AUTHORITIES: [Authority; 3] = [Authority::Police, Authority::Civil, Authority::Education];

/// The page.
#[component]
pub fn Reports() -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    let page = Memo::new(move |_| query.page());
    let loaded = load(move || {
        let page = page.get();
        Some(async move { functions::reports(page).await })
    });
    let open = Memo::new(move |_| query.value::<Uuid>("open").map(EntryId));
    let changed = Callback::new(move |()| {
        query.change(&[("open", "")]);
        loaded.again();
    });
    // The list that comes anew under what is being written leaves it alone.
    let about = Memo::new(move |_| {
        let of = open.get()?;
        loaded.value.with(|page| {
            let row = page.as_ref()?.rows.iter().find(|row| row.seen.entry.id == of)?;
            Some((of, name(row)))
        })
    });
    let opened = move || about.get().map(|(of, name)| view! { <Handle of=of name=name changed=changed /> });
    let show = move |paged: Paged<ReportRow>| {
        page_of(
            paged,
            || say("desk.reports.none").to_owned(),
            |rows| {
                let rows = rows.iter().map(|row| report(&begun, row, query)).collect_view();
                view! { <ol class="reports">{rows}</ol> }.into_any()
            },
        )
    };
    view! {
        <Screen
            title=say("desk.nav.reports").to_owned()
            aside=move || view! { <Total paged=loaded.value key="desk.reports.total" /> }
            drawer=move || view! { {opened} }
        >
            <Answered loaded=loaded show=show />
        </Screen>
    }
}

const fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::Police => "desk.authority.police",
        Authority::Civil => "desk.authority.civil",
        Authority::Education => "desk.authority.education",
    }
}

fn name(row: &ReportRow) -> String {
    row.name.clone().unwrap_or_else(|| say("desk.reports.unnamed").to_owned())
}

fn told(authorities: &[Authority]) -> String {
    said::list(authorities.iter().map(|to| say(authority(*to)).to_owned()))
}

fn facts<const N: usize>(facts: [(&'static str, String); N]) -> impl IntoView + use<N> {
    facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| view! { <Fact name=say(key) value=value /> })
        .collect_view()
}

fn line(begun: &Begun, seen: &SeenEntry) -> String {
    let at = said::moment(begun, seen.received_at);
    say_with("desk.file.by", &[("who", &seen.author_name), ("at", &at)])
}

fn report(begun: &Begun, row: &ReportRow, query: Query) -> AnyView {
    let Body::SafeguardingReport(report) = &row.seen.entry.body else { return ().into_any() };
    let class = row.class.map(|id| said::class(begun, id));
    let author = begun.directory.people.iter().find(|p| p.id == row.seen.author && !p.phone.is_empty());
    let call = author.map(|author| {
        let words = say_with("desk.reports.call", &[("who", &author.name), ("number", &author.phone)]);
        view! { <a class="call" href=format!("tel:{}", author.phone)>{words}</a> }
    });
    let said = facts([
        ("desk.reports.noticed", said::moment(begun, report.noticed_at)),
        ("desk.reports.place", report.place.clone().unwrap_or_default()),
        ("desk.reports.told", told(&report.reported_to)),
        ("desk.reports.receipt", report.receipt.clone().unwrap_or_default()),
    ]);
    let id = row.seen.entry.id.to_string();
    let write = if row.handled.is_empty() { "desk.reports.handle" } else { "desk.reports.handle_more" };
    view! {
        <li class="report">
            <h2>
                <bdi>{name(row)}</bdi>
                " "
                <span class="hint">{class}</span>
            </h2>
            <p class="words">{report.what.clone()}</p>
            <dl class="facts">{said}</dl>
            <p class="hint">{line(begun, &row.seen)}</p>
            {call}
            {row.handled.iter().map(|seen| handled(begun, seen)).collect_view()}
            <a class="call" href=move || query.with(&[("open", &id)])>{say(write)}</a>
        </li>
    }
    .into_any()
}

/// What was done about a report.
fn handled(begun: &Begun, seen: &SeenEntry) -> AnyView {
    let Body::SafeguardingHandled(handled) = &seen.entry.body else { return ().into_any() };
    let said = facts([
        ("desk.reports.on", said::day(begun, handled.on)),
        ("desk.reports.told", told(&handled.reported_to)),
        ("desk.reports.receipt", handled.receipt.clone().unwrap_or_default()),
    ]);
    view! {
        <h3><Tag mark=Mark::Received word=say("desk.reports.handled").to_owned() /></h3>
        <p class="words">{handled.done.clone()}</p>
        <dl class="facts">{said}</dl>
        <p class="hint">{line(begun, seen)}</p>
    }
    .into_any()
}

/// 写处理情况: what was done, when, who was told.
#[component]
fn Handle(of: EntryId, name: String, changed: Callback<()>) -> impl IntoView {
    let done = RwSignal::new(String::new());
    let on = RwSignal::new(begun().today());
    let reported_to = RwSignal::new(Vec::<Authority>::new());
    let receipt = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    let save = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let receipt = receipt.get_untracked().trim().to_owned();
        let handled = SafeguardingHandled {
            of,
            done: done.get_untracked().trim().to_owned(),
            on: on.get_untracked(),
            reported_to: reported_to.get_untracked(),
            receipt: Some(receipt).filter(|receipt| !receipt.is_empty()),
        };
        spawn_local(async move {
            let said = functions::handle(handled).await;
            busy.set(false);
            match said {
                // Nobody waits for it where the page was left.
                Ok(()) => drop(changed.try_run(())),
                Err(refused) => fault.set(Some(refused)),
            }
        });
    };
    let chip = move |to: Authority| {
        let press = move |()| {
            reported_to.update(|told| match told.iter().position(|other| *other == to) {
                Some(at) => drop(told.remove(at)),
                None => told.push(to),
            });
        };
        let chosen = Signal::derive(move || reported_to.read().contains(&to));
        view! { <Chip label=say(authority(to)) on=chosen press=Callback::new(press) /> }
    };
    let wrong = Signal::derive(move || fault.with(|fault| fault.as_ref().map(sentence)));
    view! {
        <Drawer title=name>
            <section class="review" aria-label=say("desk.reports.handle")>
                <Note id="done" label=say("desk.reports.done") hint=say("desk.reports.unseen") wrong=wrong value=done rows=4 />
                <Day
                    id="on"
                    label=say("desk.reports.on")
                    within=(None, Some(begun().today()))
                    value=Signal::derive(move || Some(on.get()))
                    choose=Callback::new(move |day: Option<NaiveDate>| {
                        if let Some(day) = day {
                            on.set(day);
                        }
                    })
                />
                <Chips question=say("desk.reports.to") hint=say("visit.several")>
                    {AUTHORITIES.map(chip).collect_view()}
                </Chips>
                <Field id="receipt" label=say("report.receipt") value=receipt />
                <button
                    type="button"
                    class="primary"
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=save
                >
                    {say("desk.reports.save")}
                </button>
            </section>
        </Drawer>
    }
}
