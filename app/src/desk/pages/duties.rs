//! 要办的: what I owe, the earliest first, with what leads to doing it.

use super::drawer::{Drawer, Fact};
use super::frame::Screen;
use super::load::{Answered, Loaded, load, sentence};
use super::query::Query;
use super::student::told;
use super::table::{Total, page_of, table};
use super::visit::{lines, supplement_lines};
use super::{begun, said};
use crate::desk::duties::{DutyRow, KeptEntry, OF_FOUND};
use crate::desk::{Begun, Fault, Paged, functions};
use crate::ui::{Mark, Note, Tag};
use crate::words::{say, say_with};
use chrono::NaiveDate;
use domain::duty::Reason;
use domain::entry::Body;
use domain::ids::{EntryId, VillageId};
use domain::vocabulary::Settled;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// The page.
#[component]
pub fn Duties() -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    let page = Memo::new(move |_| query.page());
    let loaded = load(move || {
        let page = page.get();
        Some(async move { functions::duties(page).await })
    });
    let open = Memo::new(move |_| query.value::<Uuid>("open").map(EntryId));
    let changed = Callback::new(move |()| {
        query.change(&[("open", "")]);
        loaded.again();
    });
    let columns = [
        say("desk.column.due"),
        say("desk.column.what"),
        say("desk.column.child"),
        say("desk.column.class"),
        say("desk.column.detail"),
    ];
    let show = move |paged: Paged<DutyRow>| {
        page_of(
            paged,
            || say("desk.duties.none").to_owned(),
            |rows| {
                let rows = rows.iter().map(|owed| row(&begun, owed, query)).collect_view();
                table(columns, rows)
            },
        )
    };
    view! {
        <Screen
            title=say("desk.nav.duties").to_owned()
            aside=move || view! { <Total paged=loaded.value key="desk.duties.total" /> }
            drawer=move || {
                view! {
                    <Show when=move || open.get().is_some()>
                        {move || opened(loaded, open.get(), changed)}
                    </Show>
                }
            }
        >
            <Answered loaded=loaded show=show />
        </Screen>
    }
}

fn row(begun: &Begun, owed: &DutyRow, query: Query) -> impl IntoView + use<> {
    let (what, detail) = words(begun, &owed.duty.reason);
    let file = owed.duty.student.map(|id| format!("/desk/students/{id}"));
    let name = owed.name.clone().unwrap_or_default();
    let child = match (&owed.duty.reason, file) {
        (Reason::FoundChild { name, .. }, _) => view! { <bdi>{name.clone()}</bdi> }.into_any(),
        (Reason::Safeguarding { entry }, _) => {
            view! { <a href=format!("/desk/reports?open={entry}")><bdi>{name}</bdi></a> }.into_any()
        }
        (_, Some(file)) if !name.is_empty() => view! { <a href=file><bdi>{name}</bdi></a> }.into_any(),
        _ => view! { <bdi>{name}</bdi> }.into_any(),
    };
    let head = match &owed.duty.reason {
        Reason::Quarantined { entry, .. } | Reason::FoundChild { entry, .. } => {
            let id = entry.to_string();
            view! { <a href=move || query.with(&[("open", &id)])>{what}</a> }.into_any()
        }
        _ => view! { <span>{what}</span> }.into_any(),
    };
    view! {
        <tr>
            <td>{due(begun, owed.duty.due_on)}</td>
            <td>{head}</td>
            <th scope="row">{child}</th>
            <td>{owed.class.map(|id| said::class(begun, id))}</td>
            <td>{detail}</td>
        </tr>
    }
}

/// The day, or how late it is: a distance, not a fault.
pub fn due(begun: &Begun, on: NaiveDate) -> AnyView {
    let late = (begun.today() - on).num_days();
    if late > 0 {
        let words = say_with("desk.duties.late", &[("n", &late.to_string())]);
        return view! { <Tag mark=Mark::Late word=words /> }.into_any();
    }
    view! { <span class="digits">{said::day(begun, on)}</span> }.into_any()
}

/// What is owed, and the facts that say why.
pub fn words(begun: &Begun, reason: &Reason) -> (String, String) {
    let on = |day: &NaiveDate| said::day(begun, *day);
    let (key, detail) = match reason {
        Reason::Absent { since, .. } => {
            let days = begun.directory.calendar.school_days_between(*since, begun.today());
            ("absent", say_with("desk.students.absent", &[("n", &days.to_string())]))
        }
        Reason::FollowUp { visited_on, kind, outcome, .. } => {
            ("follow_up", said::list([on(visited_on), kind.term().to_owned(), outcome.term().to_owned()]))
        }
        Reason::Promised { what, on: day, .. } => ("promised", said::list([on(day), what.term().to_owned()])),
        Reason::CallBack { relation, .. } => ("call_back", said::relation(relation)),
        Reason::PleaseAdd { words, .. } => ("please_add", words.clone()),
        Reason::AskAgain { household, .. } => ("ask_again", household.clone()),
        Reason::Differs { household, .. } => ("differs", household.clone()),
        Reason::Disowned { household, name, .. } => {
            ("disowned", said::list([household.clone(), name.clone()]))
        }
        Reason::TermVisit { semester } => ("term_visit", semester.clone()),
        Reason::Sighted { by, on: day, whereabouts, .. } => {
            ("sighted", said::list([on(day), by.clone(), whereabouts.term().to_owned()]))
        }
        Reason::FoundChild { schooling, about, household, village, by, .. } => (
            "found_child",
            said::list([
                said::village(begun, VillageId(*village)),
                household.clone(),
                about.clone().unwrap_or_default(),
                schooling.term().to_owned(),
                by.clone(),
            ]),
        ),
        Reason::Proposal { field } => ("proposal", said::field(field)),
        Reason::Unlisted { on: day } => ("unlisted", on(day)),
        Reason::Safeguarding { .. } => ("safeguarding", String::new()),
        Reason::Quarantined { by, .. } => ("quarantined", by.clone()),
        Reason::Unknown => ("unknown", String::new()),
    };
    (say(&format!("desk.reason.{key}")).to_owned(), detail)
}

/// What is opened: a child found in a house, or an entry that was kept.
fn opened(loaded: Loaded<Paged<DutyRow>>, open: Option<EntryId>, changed: Callback<()>) -> Option<AnyView> {
    let open = open?;
    let found = loaded.value.with(|page| {
        let rows = page.as_ref().map(|page| page.rows.as_slice()).unwrap_or_default();
        rows.iter()
            .map(|row| row.duty.reason.clone())
            .find(|reason| matches!(reason, Reason::FoundChild { entry, .. } if *entry == open))
    });
    Some(match found {
        Some(reason) => view! { <Found of=open reason=reason changed=changed /> }.into_any(),
        None => view! { <KeptDrawer of=open changed=changed /> }.into_any(),
    })
}

/// 核实: a child whom no roster knows, and what the office found out.
#[component]
fn Found(of: EntryId, reason: Reason, changed: Callback<()>) -> impl IntoView {
    let begun = begun();
    let Reason::FoundChild { name, schooling, about, household, village, by, .. } = reason else {
        return ().into_any();
    };
    let facts = [
        ("desk.found.house", said::list([said::village(&begun, VillageId(village)), household])),
        ("desk.found.about", about.unwrap_or_default()),
        ("desk.found.schooling", schooling.term().to_owned()),
        ("desk.found.by", by),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| view! { <Fact name=say(key) value=value /> })
        .collect_view();
    view! {
        <Drawer title=name>
            <div class="drawer-body">
                <dl class="facts">{facts}</dl>
                <p>{say("desk.found.what")}</p>
            </div>
            <Settle of=of choices=OF_FOUND.to_vec() words="desk.settle.words" changed=changed />
        </Drawer>
    }
    .into_any()
}

/// One of a few answers, and words if there are any; `words` says when they are needed.
#[component]
fn Settle(of: EntryId, choices: Vec<Settled>, words: &'static str, changed: Callback<()>) -> impl IntoView {
    let label = say(words).to_owned();
    let words = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    let settle = move |how: Settled| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let text = Some(words.get_untracked());
        spawn_local(async move {
            let done = functions::settle(of, how, text).await;
            busy.set(false);
            match done {
                // Nobody waits for it where the page was left.
                Ok(()) => drop(changed.try_run(())),
                Err(refused) => fault.set(Some(refused)),
            }
        });
    };
    let buttons = choices
        .into_iter()
        .map(|how| {
            let class = if how == Settled::Taken { "primary" } else { "secondary" };
            let term = how.term().to_owned();
            view! {
                <button
                    type="button"
                    class=class
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| settle(how.clone())
                >
                    {term}
                </button>
            }
        })
        .collect_view();
    let wrong = Signal::derive(move || fault.with(|fault| fault.as_ref().map(sentence)));
    view! {
        <section class="review" aria-label=say("desk.settle.title")>
            <Note id="words" label=label wrong=wrong value=words />
            {buttons}
        </section>
    }
}

/// What was kept for the office.
#[component]
fn KeptDrawer(of: EntryId, changed: Callback<()>) -> impl IntoView {
    let loaded = load(move || Some(async move { functions::kept(of).await }));
    let title = move || {
        loaded.value.with(|kept| kept.as_ref().and_then(|kept| kept.name.clone()).unwrap_or_default())
    };
    view! {
        <Drawer title=Signal::derive(title)>
            <Answered
                loaded=loaded
                show=move |kept: KeptEntry| view! { <KeptBody of=of kept=kept changed=changed /> }.into_any()
            />
        </Drawer>
    }
}

#[component]
fn KeptBody(of: EntryId, kept: KeptEntry, changed: Callback<()>) -> impl IntoView {
    let begun = begun();
    let seen = kept.seen;
    let unknown = say("desk.fault.KIND_UNKNOWN");
    let term = seen.entry.body.kind().map_or(unknown, domain::entry::Kind::term);
    let line = say_with(
        "desk.file.by",
        &[("who", &seen.author_name), ("at", &said::moment(&begun, seen.received_at))],
    );
    // Who wrote it is told by telephone: their phone keeps it as waiting.
    let phone = begun.directory.people.iter().find(|p| p.id == seen.author).map(|p| p.phone.clone());
    let phone = phone.filter(|phone| !phone.is_empty());
    let body = match &seen.entry.body {
        Body::Visit(visit) => {
            let at = said::moment(&begun, visit.started_at);
            view! {
                <Fact name=say("desk.column.when") value=at />
                {lines(&begun, visit)}
            }
            .into_any()
        }
        Body::Supplement(supplement) => supplement_lines(supplement)
            .into_iter()
            .map(|(name, value)| view! { <Fact name=name value=value /> })
            .collect_view()
            .into_any(),
        Body::FoundChild(found) => {
            let house = said::village(&begun, found.village);
            let said =
                [found.name.clone(), house, found.household.clone(), found.schooling.term().to_owned()];
            view! { <Fact name=say("desk.column.child") value=said::list(said) /> }.into_any()
        }
        _ => {
            let (_, words) = told(&begun, &seen);
            (!words.is_empty()).then(|| view! { <Fact name=term value=words /> }).into_any()
        }
    };
    view! {
        <div class="drawer-body">
            <p class="lead">{term}</p>
            <p class="hint">{line} {phone.map(|phone| format!(" · {phone}"))}</p>
            <p>{say("desk.kept.why")}</p>
            <dl class="facts">{body}</dl>
        </div>
        {kept
            .waits
            .then(|| {
                let choices = vec![Settled::Taken, Settled::Returned];
                view! { <Settle of=of choices=choices words="desk.settle.words_of_kept" changed=changed /> }
            })}
    }
}
