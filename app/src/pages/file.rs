//! 一生一档: who the child is, whom to call, what is owed, and the line of everything written.

pub mod acts;
pub mod proposals;
pub mod timeline;

use crate::device;
use crate::pages::today::duty_line::{Act, DutyLine};
use crate::pages::today::house::House;
use crate::pages::today::row::{DutyActs, late_words};
use crate::pages::today::why::Why;
use crate::pages::village::standing::VillageStanding;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Cell, Empty, Group, Mark, More, Screen, Tag};
use crate::words::{say, say_with};
use acts::Acts;
use domain::ids::StudentId;
use domain::student::{Basics, StudentState};
use domain::sync::{FileView, Replica};
use domain::visit::opening;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use proposals::Proposals;
use timeline::{Event, Got, timeline};

/// The page of `/students/:id`.
#[component]
pub fn File() -> impl IntoView {
    let phone = Phone::get();
    let params = use_params_map();
    let file = Memo::new(move |_| {
        let id = params.read().get_str("id").and_then(|text| text.parse().ok()).map(StudentId)?;
        let me = phone.me.get()?;
        phone.replica.with(|replica| replica.file(id, &me))
    });
    let title = Signal::derive(move || {
        let name =
            file.with(|f| f.as_ref().and_then(|f| f.student.state.basics.as_ref()).map(|b| b.name.clone()));
        name.unwrap_or_else(|| say("file.title").to_owned())
    });
    view! {
        <Screen title=title>
            {move || match file.get() {
                Some(file) => view! { <Found file=file /> }.into_any(),
                None => view! {
                    <Empty text=say("file.not_here")>
                        <a class="secondary" href="/students">{say("tab.students")}</a>
                    </Empty>
                }
                .into_any(),
            }}
        </Screen>
    }
}

#[component]
fn Found(file: FileView) -> impl IntoView {
    let phone = Phone::get();
    let now = device::now();
    let today = device::today();
    let Some(me) = phone.me.get_untracked() else { return ().into_any() };
    let Some(basics) = file.student.state.basics.clone() else { return ().into_any() };
    let (facts, missed, owed, siblings, events) = phone.replica.with_untracked(|replica| {
        let calendar = &replica.directory.calendar;
        let missed = file.student.state.absence.as_ref().map(|spell| {
            let n = calendar.school_days_between(spell.first_absent_on, today).max(1);
            say_with("visit.missed", &[("n", &n.to_string())])
        });
        let duties = replica.duties(&me, now).into_iter().filter(|d| d.student == Some(file.student.id));
        let owed = House::all(duties.collect(), replica, &me, today);
        (
            facts(&file, &basics, replica),
            missed,
            owed,
            siblings(&file, replica),
            timeline(&file, replica, &me, now),
        )
    });
    let why = RwSignal::new(None);
    let owed: Vec<DutyLine> = owed.iter().flat_map(House::lines).cloned().collect();
    let led = owed.iter().filter_map(|line| match line.acts.first() {
        Some(Act::SetOut(label, _)) => Some(*label),
        _ => None,
    });
    let led: Vec<&'static str> = led.collect();
    let guardians = basics.guardians.iter().map(|guardian| {
        let relation = phrase::relation(&guardian.relation);
        let note = guardian.away.iter().fold(relation, |note, away| format!("{note} · {away}"));
        let call = guardian.phone.clone().map(|number| {
            let label = format!("{} {}", say("call.dial"), guardian.name);
            view! {
                <button type="button" class="act" aria-label=label on:click=move |_| device::call(&number)>
                    {say("call.dial")}
                </button>
            }
        });
        view! {
            <div class="cell">
                <span class="cell-words">
                    <bdi class="cell-title">{guardian.name.clone()}</bdi>
                    <span class="cell-note">{note}</span>
                </span>
                {call}
            </div>
        }
    });
    let guardians = guardians.collect_view();
    let some_guardian = !basics.guardians.is_empty();
    let state = StudentState::clone(&file.student.state);
    view! {
        <section class="file-head">
            {missed.map(|missed| view! { <Tag mark=Mark::Late word=missed /> })}
            {facts.into_iter().map(|fact| view! { <p>{fact}</p> }).collect_view()}
        </section>
        {(!owed.is_empty())
            .then(|| {
                let duties = owed.into_iter().enumerate().map(|(at, line)| view! { <Owed line=line lead=at == 0 why=why /> });
                view! {
                    <section class="group">
                        <h2 class="group-label">{say("file.owed")}</h2>
                        <ul class="cells">{duties.collect_view()}</ul>
                    </section>
                }
            })}
        <Acts student=file.student.id basics=basics absent_since=state.absence.as_ref().map(|s| s.first_absent_on) led=led />
        {some_guardian.then(|| view! { <Group label=say("file.guardians")>{guardians}</Group> })}
        {(!siblings.is_empty()).then(|| view! { <Group label=say("file.siblings")>{siblings}</Group> })}
        <Proposals student=file.student.id state=state />
        <Line events=events />
        <Why house=why />
    }
    .into_any()
}

/// One thing owed. What is most pressing has the one filled button of the page.
#[component]
fn Owed(line: DutyLine, lead: bool, why: RwSignal<Option<House>>) -> impl IntoView {
    let (words, late, note) = (line.words.clone(), line.late.clone(), line.note.clone());
    let house = House::of(line.clone());
    view! {
        <li class="duty" class:lead=lead>
            <button type="button" class="duty-body" on:click=move |_| why.set(Some(house.clone()))>
                {words} {late.map(late_words)}
                {note.map(|note| view! { <span class="duty-place">{note}</span> })}
            </button>
            <DutyActs line=line />
        </li>
    }
}

/// 一家人: who of the house is at a school, with the file where this phone has it.
fn siblings(file: &FileView, replica: &Replica) -> Vec<impl IntoView + use<>> {
    let siblings = file.student.siblings.iter().map(|sibling| {
        let here = replica.caseload.files.get(&sibling.student);
        let name = here.and_then(|file| file.student.state.basics.as_ref()).map(|basics| basics.name.clone());
        let name = name.unwrap_or_else(|| sibling.name.clone());
        let class = sibling.class.clone();
        match here {
            Some(_) => view! { <Cell title=name note=class href=format!("/students/{}", sibling.student) /> }
                .into_any(),
            None => view! { <Cell title=name note=class /> }.into_any(),
        }
    });
    siblings.collect()
}

/// 七年级3班 · 学号 12; 五村 · 示例镇五村7号; 住校 · 父母都在外; 家里说维吾尔语 · 孩子翻译.
fn facts(file: &FileView, basics: &Basics, replica: &Replica) -> Vec<String> {
    let today = device::today();
    let class = replica.directory.class(basics.class).map(|c| c.label(today));
    let number = basics.class_no.map(|n| say_with("students.number", &[("n", &n.to_string())]));
    let village = phrase::village(basics.village, &replica.directory);
    let born = basics.birth_date.map(|on| say_with("file.born", &[("day", &on.to_string())]));
    let lives = say(if basics.boarding { "file.boarding" } else { "file.day_pupil" }).to_owned();
    let away =
        basics.left_behind.as_ref().and_then(|l| crate::words::find(&format!("left_behind.{}", l.code())));
    let spoken = opening::last_spoken(file).map(phrase::spoken).filter(|spoken| !spoken.is_empty());
    let join = |parts: Vec<Option<String>>| {
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        parts.join(" · ")
    };
    let lines = [
        join(vec![class, number]),
        join(vec![Some(village), Some(basics.address.clone())]),
        join(vec![born, Some(lives), away.map(str::to_owned)]),
        spoken.map(|what| say_with("file.spoken", &[("what", &what)])).unwrap_or_default(),
    ];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// The line of time.
#[component]
fn Line(events: Vec<Event>) -> impl IntoView {
    if events.is_empty() {
        return view! { <Empty text=say("file.none") /> }.into_any();
    }
    let count = events.len();
    let events = StoredValue::new(events);
    let one = move |at: usize| {
        events
            .with_value(|events| events.get(at).cloned())
            .map(|event| view! { <One event=event /> })
            .into_any()
    };
    view! {
        <section class="group">
            <h2 class="group-label">{say("file.line")}</h2>
            <ol class="cells timeline">
                <More count=count row=one />
            </ol>
        </section>
    }
    .into_any()
}

#[component]
fn One(event: Event) -> impl IntoView {
    let before = (!event.before.is_empty()).then(|| {
        view! {
            <details>
                <summary><Tag mark=Mark::Changed word=say("file.changed") /></summary>
                {event.before.into_iter().map(|said| view! { <p>{said}</p> }).collect_view()}
            </details>
        }
    });
    let mark = match event.got {
        Got::Refused => Some((Mark::Refused, "file.refused")),
        Got::Held => Some((Mark::Received, "file.held")),
        Got::Phone | Got::School => None,
    };
    let steps = match (event.got, event.village.is_some()) {
        (Got::Refused, _) => None,
        (got, village) => Some((got != Got::Phone, village)),
    };
    let asked = event.village.clone();
    view! {
        <li class="event" class:withdrawn=event.withdrawn>
            <p class="event-when">{event.when} " · " <bdi>{event.who}</bdi></p>
            <p class="event-title">{event.title}</p>
            {event.withdrawn.then(|| view! { <p class="hint">{say("file.withdrawn")}</p> })}
            {event.lines.into_iter().map(line).collect_view()}
            {before}
            {mark.map(|(mark, key)| view! { <Tag mark=mark word=say(key) /> })}
            {steps
                .filter(|_| !event.withdrawn)
                .map(|(school, village)| view! { <Steps school=school village=village.then(|| asked.clone()).flatten() /> })}
            {event.knock.filter(|_| !event.withdrawn).map(|knock| {
                view! { <a class="link" href=format!("/saved/{knock}")>{say("file.open_visit")}</a> }
            })}
        </li>
    }
}

/// From how many characters on a line shows its beginning only, until it is tapped.
const LONG: usize = 160;

fn line(words: String) -> AnyView {
    if words.chars().count() < LONG {
        return view! { <p class="event-line">{words}</p> }.into_any();
    }
    view! {
        <details class="event-line long">
            <summary>{words}</summary>
        </details>
    }
    .into_any()
}

/// 手机 ✓ 学校 ✓ 村里 …
#[component]
fn Steps(school: bool, village: Option<domain::student::VisitLine>) -> impl IntoView {
    let mark = |done: bool| if done { "✓" } else { "…" };
    view! {
        <p class="got">
            <span>{say("file.phone")} " ✓"</span>
            <span>{say("file.school")} " " {mark(school)}</span>
        </p>
        {village.map(|line| view! { <VillageStanding line=Signal::stored(line) /> })}
    }
}
