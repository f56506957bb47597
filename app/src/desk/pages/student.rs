//! 一生一档 at the desk: who the child is, what is owed, what two people say differently, and all that
//! was written, the latest first.

use super::answer::StandingTag;
use super::drawer::Fact;
use super::frame::Screen;
use super::load::{Answered, load, sentence};
use super::query::Query;
use super::visit::{VisitDrawer, supplement_lines};
use super::{begun, duties, said};
use crate::desk::students::{StudentFile, Unlisted};
use crate::desk::{Begun, Fault, functions};
use crate::ui::{Empty, Mark, Tag};
use crate::words::{say, say_with};
use domain::entry::{Body, clock_is_doubtful};
use domain::ids::{EntryId, StudentId};
use domain::register::Source;
use domain::review::Verdict;
use domain::sighting::Taken;
use domain::student::{Basics, Proposal, StudentState};
use domain::sync::{SeenEntry, Sibling};
use domain::vocabulary::LeftBehind;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

/// The page.
#[component]
pub fn Student() -> impl IntoView {
    let query = Query::get();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<Uuid>().ok()));
    let loaded = load(move || {
        let id = StudentId(id.get().unwrap_or_default());
        Some(async move { functions::student(id).await })
    });
    let open = Memo::new(move |_| query.value::<Uuid>("open").map(EntryId));
    let changed = Callback::new(move |()| loaded.again());
    let title = move || {
        loaded.value.with(|file| {
            let basics = file.as_ref()?.view.state.basics.as_ref()?;
            Some(basics.name.clone())
        })
    };
    view! {
        <Screen
            title=Signal::derive(move || title().unwrap_or_else(|| say("file.title").to_owned()))
            drawer=move || {
                view! {
                    <Show when=move || open.get().is_some()>
                        <VisitDrawer open=open changed=changed />
                    </Show>
                }
            }
        >
            <Answered
                loaded=loaded
                show=move |file: StudentFile| view! { <File file=file changed=changed /> }.into_any()
            />
        </Screen>
    }
}

#[component]
fn File(file: StudentFile, changed: Callback<()>) -> impl IntoView {
    let begun = begun();
    let state = StudentState::clone(&file.view.state);
    let student = file.view.id;
    let as_of = say_with("desk.as_of", &[("at", &said::on_paper(file.as_of))]);
    let entries = file.entries.iter().map(|seen| entry(&begun, seen, &state)).collect_view();
    let owed = file
        .duties
        .iter()
        .map(|duty| {
            let (what, detail) = duties::words(&begun, &duty.reason);
            let due = duties::due(&begun, duty.due_on);
            view! { <li>{what} " " {detail} " " {due}</li> }
        })
        .collect_view();
    let none = file.entries.is_empty();
    view! {
        <div class="file">
            <section class="basics">
                <p class="tags">{absence(&begun, &state)}</p>
                <dl class="facts">{state.basics.as_ref().map(|basics| facts(&begun, basics, &state))}</dl>
                {state.basics.as_ref().map(guardians)}
                {siblings(&file.view.siblings)}
                {(!state.notes.is_empty())
                    .then(|| {
                        let notes = state.notes.iter().rev().map(|note| {
                            let line = [said::moment(&begun, note.at), note.by.clone(), said::village_said(note)];
                            view! { <li>{said::list(line)}</li> }
                        });
                        view! {
                            <h2>{say("desk.file.village_said")}</h2>
                            <ul class="plain">{notes.collect_view()}</ul>
                        }
                    })}
                {(!state.proposals.is_empty())
                    .then(|| {
                        view! {
                            <Proposals student=student state=state.clone() may_decide=file.may_decide changed=changed />
                        }
                    })}
                {(file.may_decide && state.unlisted.is_some())
                    .then(|| view! { <WhereNow student=student changed=changed /> })}
                {(!file.duties.is_empty())
                    .then(|| {
                        view! {
                            <h2>{say("desk.file.owed")}</h2>
                            <ul class="plain">{owed}</ul>
                        }
                    })}
                <p class="hint">{as_of}</p>
            </section>
            <section class="timeline">
                <h2>{say("desk.file.timeline")}</h2>
                {none.then(|| view! { <Empty text=say("file.none").to_owned() /> })}
                <ol>{entries}</ol>
            </section>
        </div>
    }
}

fn absence(begun: &Begun, state: &StudentState) -> AnyView {
    let Some(spell) = &state.absence else { return ().into_any() };
    let days = begun.directory.calendar.school_days_between(spell.first_absent_on, begun.today());
    let words = say_with("desk.students.absent", &[("n", &days.to_string())]);
    view! { <Tag mark=Mark::Late word=words /> }.into_any()
}

fn facts(begun: &Begun, basics: &Basics, state: &StudentState) -> impl IntoView + use<> {
    let left_behind = basics.left_behind.as_ref().filter(|kind| **kind != LeftBehind::No);
    let mut facts: Vec<(&str, Option<String>)> = vec![
        ("class", Some(said::class(begun, basics.class))),
        ("status", state.status.as_ref().map(|status| status.term().to_owned())),
        ("class_no", basics.class_no.map(|no| no.to_string())),
        ("roll_no", basics.roll_no.clone()),
        ("gender", Some(basics.gender.term().to_owned())),
        ("birth_date", basics.birth_date.map(|on| on.to_string())),
        ("ethnicity", basics.ethnicity.clone()),
        ("village", basics.village.map(|id| said::village(begun, id))),
        ("address", Some(basics.address.clone())),
    ];
    facts.push(("boarding", basics.boarding.then(|| say("desk.yes").to_owned())));
    facts.push(("left_behind", left_behind.map(|kind| kind.term().to_owned())));
    if let Some(on) = state.unlisted {
        facts.push(("unlisted", Some(on.to_string())));
    }
    let rows = facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .map(|(name, value)| view! { <Fact name=said::field(name) value=value /> })
        .collect_view();
    let phone = basics.phone.clone().map(|phone| {
        view! {
            <div class="fact">
                <dt>{said::field("phone")}</dt>
                <dd>
                    <Phone number=phone />
                </dd>
            </div>
        }
    });
    view! {
        {rows}
        {phone}
    }
}

fn guardians(basics: &Basics) -> impl IntoView + use<> {
    basics
        .guardians
        .iter()
        .map(|guardian| {
            let who = format!("{} {}", said::relation(&guardian.relation), guardian.name);
            let away = guardian.away.clone().map(|away| view! { " " <span class="hint">{away}</span> });
            let phone = guardian.phone.clone().map(|phone| view! { " " <Phone number=phone /> });
            view! { <p class="guardian"><bdi>{who}</bdi> {away} {phone}</p> }
        })
        .collect_view()
}

/// The others of the household: those of this school by their files, others by name and grade.
fn siblings(siblings: &[Sibling]) -> impl IntoView + use<> {
    let each = siblings
        .iter()
        .map(|sibling| {
            let words = format!("{} {}", sibling.name, sibling.class);
            if sibling.own_school {
                let file = format!("/desk/students/{}", sibling.student);
                view! { <a href=file><bdi>{words}</bdi></a> " " }.into_any()
            } else {
                view! { <bdi>{words}</bdi> " " }.into_any()
            }
        })
        .collect_view();
    (!siblings.is_empty())
        .then(|| view! { <p><span class="hint">{say("desk.visit.others")}</span> " " {each}</p> })
}

/// 138****1234, whole when it is asked for: somebody may stand behind the screen.
#[component]
fn Phone(number: String) -> impl IntoView {
    let whole = RwSignal::new(false);
    let masked = match (number.get(..3), number.get(7..)) {
        (Some(head), Some(tail)) if number.len() == 11 => format!("{head}****{tail}"),
        _ => number.clone(),
    };
    view! {
        <button
            type="button"
            class="phone digits"
            title=say("desk.file.phone")
            on:click=move |_| whole.update(|whole| *whole = !*whole)
        >
            {move || if whole.get() { number.clone() } else { masked.clone() }}
        </button>
    }
}

/// Two values for one field: the one that stands, and those that somebody means.
#[component]
fn Proposals(
    student: StudentId,
    state: StudentState,
    may_decide: bool,
    changed: Callback<()>,
) -> impl IntoView {
    let begun = begun();
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    let mut fields: Vec<String> = state.proposals.iter().map(|p| p.field.clone()).collect();
    fields.sort();
    fields.dedup();
    let decide = move |field: String, value: Option<String>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let done = functions::decide(student, field, value).await;
            busy.set(false);
            match done {
                // Nobody waits for it where the page was left.
                Ok(()) => drop(changed.try_run(())),
                Err(refused) => fault.set(Some(refused)),
            }
        });
    };
    let button = move |key: &'static str, field: String, value: Option<String>| {
        may_decide.then(|| {
            view! {
                <button
                    type="button"
                    class="link"
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| decide(field.clone(), value.clone())
                >
                    {say(key)}
                </button>
            }
        })
    };
    let groups = fields
        .into_iter()
        .map(|field| {
            let current = state.basics.as_ref().and_then(|basics| basics.get(&field));
            let now = said::value(&begun, &field, current.as_deref());
            let meant = state
                .proposals
                .iter()
                .filter(|p| p.field == field)
                .map(|p| {
                    let words = meant(&begun, p);
                    view! { <p>{words} " " {button("desk.decide.take", p.field.clone(), p.value.clone())}</p> }
                })
                .collect_view();
            view! {
                <div class="proposal">
                    <h3>{said::field(&field)}</h3>
                    <p>{say_with("desk.decide.now", &[("value", &now)])} " " {button("desk.decide.keep", field.clone(), current)}</p>
                    {meant}
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="proposals">
            <h2>{say("desk.decide.title")}</h2>
            {move || fault.with(|fault| fault.as_ref().map(|f| view! { <p class="error" role="alert">{sentence(f)}</p> }))}
            {groups}
        </section>
    }
}

/// 名册里没有了: where the child is. To wait needs no button: the duty stays.
#[component]
fn WhereNow(student: StudentId, changed: Callback<()>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    let tell = move |is: Unlisted| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let done = functions::say_unlisted(student, is).await;
            busy.set(false);
            match done {
                // Nobody waits for it where the page was left.
                Ok(()) => drop(changed.try_run(())),
                Err(refused) => fault.set(Some(refused)),
            }
        });
    };
    let buttons = Unlisted::ALL
        .map(|is| {
            view! {
                <button
                    type="button"
                    class="link"
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| tell(is)
                >
                    {say(unlisted(is))}
                </button>
            }
        })
        .collect_view();
    view! {
        <section class="proposals">
            <h2>{say("desk.unlisted.title")}</h2>
            <p>{say("desk.unlisted.wait")}</p>
            {move || fault.with(|fault| fault.as_ref().map(|f| view! { <p class="error" role="alert">{sentence(f)}</p> }))}
            <p class="links">{buttons}</p>
        </section>
    }
}

const fn unlisted(is: Unlisted) -> &'static str {
    match is {
        Unlisted::TransferredOut => "desk.unlisted.transferred_out",
        Unlisted::Suspended => "desk.unlisted.suspended",
        Unlisted::NeverCame => "desk.unlisted.never_came",
        Unlisted::Forgotten => "desk.unlisted.forgotten",
    }
}

fn meant(begun: &Begun, proposal: &Proposal) -> String {
    let value = if proposal.field == "household" && proposal.source == Source::Person {
        say("desk.decide.not_one_household").to_owned()
    } else {
        said::value(begun, &proposal.field, proposal.value.as_deref())
    };
    let who = match proposal.source {
        Source::Roster => say("desk.decide.roster"),
        _ => proposal.by.as_str(),
    };
    say_with(
        "desk.decide.meant",
        &[("who", who), ("at", &said::moment(begun, proposal.at)), ("value", &value)],
    )
}

/// One entry of the timeline: what, its words, who and when.
fn entry(begun: &Begun, seen: &SeenEntry, state: &StudentState) -> AnyView {
    let (what, words) = told(begun, seen);
    let line = say_with(
        "desk.file.by",
        &[("who", &seen.author_name), ("at", &said::moment(begun, seen.received_at))],
    );
    let doubtful = clock_is_doubtful(seen.entry.recorded_at, seen.received_at);
    let visit = matches!(seen.entry.body, Body::Visit(_));
    let standing = state.visits.iter().find(|line| line.entry == seen.entry.id);
    let tag = standing.map(|line| view! { <StandingTag value=line.standing(&begun.directory.policy) /> });
    let replaced = visit && standing.is_none();
    let query = Query::get();
    let id = seen.entry.id.to_string();
    let head = if visit && !replaced {
        view! { <a href=move || query.with(&[("open", &id)])>{what}</a> }.into_any()
    } else {
        view! { <span>{what}</span> }.into_any()
    };
    view! {
        <li class:replaced=replaced>
            <p class="what">{head} " " {tag}</p>
            {(!words.is_empty()).then(|| view! { <p>{words}</p> })}
            <p class="hint">{line} {doubtful.then(|| format!(" · {}", say("desk.doubtful")))}</p>
        </li>
    }
    .into_any()
}

/// What an entry is, and what it says.
pub fn told(begun: &Begun, seen: &SeenEntry) -> (String, String) {
    let term = seen.entry.body.kind().map_or("", domain::entry::Kind::term).to_owned();
    let words = match &seen.entry.body {
        Body::Enrolment(enrolment) => {
            said::list([enrolment.status.term().to_owned(), enrolment.since.to_string()])
        }
        Body::Listing(listing) => {
            say(if listing.listed { "desk.file.listed" } else { "desk.file.unlisted" }).to_owned()
        }
        Body::Register(register) => say_with(
            "desk.file.register",
            &[
                ("field", &said::field(&register.field)),
                ("from", &said::value(begun, &register.field, register.from.as_deref())),
                ("to", &said::value(begun, &register.field, register.to.as_deref())),
            ],
        ),
        Body::Absence(absence) => {
            say_with("desk.file.absent", &[("day", &absence.first_absent_on.to_string())])
        }
        Body::Return(back) => back.returned_on.to_string(),
        Body::Visit(visit) => {
            let head = format!("{} · {}", visit.kind.term(), said::moment(begun, visit.started_at));
            let met = said::list(visit.met.iter().map(said::met));
            let met = if met.is_empty() { visit.outcome.term().to_owned() } else { met };
            return (head, met);
        }
        Body::Supplement(supplement) => supplement_lines(supplement)
            .into_iter()
            .map(|(name, value)| format!("{name}：{value}"))
            .collect::<Vec<_>>()
            .join("\n"),
        Body::Withdrawal(withdrawal) => withdrawal.why.clone().unwrap_or_default(),
        Body::Sighting(sighting) => {
            said::list([sighting.on.to_string(), sighting.whereabouts.term().to_owned()])
        }
        Body::SightingAnswer(answer) => say(match answer.taken {
            Taken::Noted => "desk.file.noted",
            Taken::GoingMyself => "desk.file.going",
        })
        .to_owned(),
        Body::Review(review) => match review.verdict {
            Verdict::Seen => String::new(),
            Verdict::PleaseAdd => {
                say_with("desk.file.please_add", &[("words", review.words.as_deref().unwrap_or_default())])
            }
        },
        _ => String::new(),
    };
    (term, words)
}
