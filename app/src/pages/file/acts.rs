//! What can be done about a child from the file: 去家访, 去敲门, 没到校, 回到学校, 更正. Only what this
//! person may write is offered.

use crate::dates;
use crate::device;
use crate::local::LocalError;
use crate::pages::visit::SetOut;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Chip, Chips, Field, Input, NotKept, Sheet, sentence};
use crate::words::{say, say_with};
use chrono::NaiveDate;
use domain::absence::{Absence, Return};
use domain::access::Facet;
use domain::entry::{Body, Kind, Subject};
use domain::ids::StudentId;
use domain::register::{Register, Source};
use domain::student::Basics;
use domain::sync::NewEntry;
use domain::visit::opening::{Errand, may_offer};
use domain::vocabulary::VisitKind;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The buttons and their sheets.
#[component]
pub fn Acts(
    student: StudentId,
    basics: Basics,
    absent_since: Option<NaiveDate>,
    /// What is owed has its button already: 去敲门, 去家访.
    led: Vec<&'static str>,
) -> impl IntoView {
    let phone = Phone::get();
    let set_out = SetOut::new();
    let may = |facet| {
        phone.me.with_untracked(|me| {
            me.as_ref().is_some_and(|me| {
                phone.replica.with_untracked(|replica| may_offer(me, facet, &basics, &replica.directory))
            })
        })
    };
    let visits = may(Facet::Of(Kind::Visit));
    let absences = may(Facet::Of(Kind::Absence));
    let returns = may(Facet::Of(Kind::Return));
    let corrects = may(Facet::Of(Kind::Register));
    let go =
        move |kind: VisitKind| move |_| set_out.to(Errand { student, duty: None, kind: Some(kind.clone()) });
    let absent = RwSignal::new(false);
    let back = RwSignal::new(false);
    let correcting = RwSignal::new(false);
    let name = basics.name.clone();
    view! {
        <div class="acts">
            {[("go.visit", VisitKind::HomeVisit), ("go.knock", VisitKind::DoorKnock)]
                .into_iter()
                .filter(|(label, _)| visits && !led.contains(label))
                .map(|(label, kind)| view! { <button type="button" class="act" on:click=go(kind)>{say(label)}</button> })
                .collect_view()}
            {(absences && absent_since.is_none())
                .then(|| view! { <button type="button" class="act" on:click=move |_| absent.set(true)>{say("file.absent_do")}</button> })}
            {(returns && absent_since.is_some())
                .then(|| view! { <button type="button" class="act" on:click=move |_| back.set(true)>{say("file.back_do")}</button> })}
            {corrects
                .then(|| view! { <button type="button" class="act" on:click=move |_| correcting.set(true)>{say("file.correct_do")}</button> })}
        </div>
        <DaySheet open=absent student=student name=name.clone() key="file.absent_do" ask="file.absent_ask" since=None />
        <DaySheet open=back student=student name=name key="file.back_do" ask="file.back_ask" since=absent_since />
        <CorrectSheet open=correcting student=student basics=basics />
    }
}

/// A day, and the entry that says it: 没到校 when `since` is none, else 回到学校.
#[component]
fn DaySheet(
    open: RwSignal<bool>,
    student: StudentId,
    name: String,
    key: &'static str,
    ask: &'static str,
    since: Option<NaiveDate>,
) -> impl IntoView {
    let phone = Phone::get();
    let today = device::today();
    let days = phone.replica.with_untracked(|replica| {
        let calendar = &replica.directory.calendar;
        let back = (0..7).map(|n| today - chrono::Days::new(n)).filter(|day| calendar.is_school_day(*day));
        back.take(3).collect::<Vec<_>>()
    });
    let chosen = RwSignal::new(days.first().copied().unwrap_or(today));
    let failed = RwSignal::new(None::<LocalError>);
    let days = StoredValue::new(days);
    let earliest = since.map(|on| on.to_string());
    let label = StoredValue::new(name);
    let save = move |_| {
        let on = chosen.get_untracked();
        let body = match since {
            None => Body::Absence(Absence { first_absent_on: on }),
            Some(since) => Body::Return(Return { returned_on: on.max(since) }),
        };
        write(phone, student, label.get_value(), body, open, failed);
    };
    let chips = move || {
        let days = days.get_value().into_iter().filter(|day| since.is_none_or(|since| *day >= since));
        days.map(|day| {
            view! {
                <Chip
                    label=dates::day(day, today)
                    on=Signal::derive(move || chosen.get() == day)
                    press=Callback::new(move |()| chosen.set(day))
                />
            }
        })
        .collect_view()
    };
    view! {
        <Sheet open=open title=say(key)>
            <Chips question=say(ask)>{chips()}</Chips>
            <div class="field">
                <label for=key>{say("visit.pick_day")}</label>
                <input
                    id=key
                    type="date"
                    min=earliest.clone()
                    max=today.to_string()
                    prop:value=move || chosen.get().to_string()
                    on:input=move |event| {
                        if let Ok(on) = event_target_value(&event).parse() {
                            chosen.set(on);
                        }
                    }
                />
            </div>
            <Save failed=failed press=Callback::new(move |()| save(())) />
        </Sheet>
    }
}

/// 更正电话: the value seen goes along, so that two who corrected at once both stay visible.
#[component]
fn CorrectSheet(open: RwSignal<bool>, student: StudentId, basics: Basics) -> impl IntoView {
    let phone = Phone::get();
    let name = basics.name.clone();
    let guardians = basics.guardians.iter().enumerate().map(|(at, guardian)| {
        let words = say_with(
            "file.phone_of",
            &[("who", &phrase::relation(&guardian.relation)), ("name", &guardian.name)],
        );
        (format!("guardian.{}.phone", at + 1), words)
    });
    let fields: Vec<(String, String)> = guardians
        .chain(
            [("phone", "field.phone"), ("address", "field.address")]
                .map(|(f, key)| (f.to_owned(), say(key).to_owned())),
        )
        .collect();
    let chosen = RwSignal::new(fields.first().map(|(field, _)| field.clone()).unwrap_or_default());
    let value = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let failed = RwSignal::new(None::<LocalError>);
    let basics = StoredValue::new(basics);
    let current = move || basics.with_value(|b| b.get(&chosen.read()));
    let fields = StoredValue::new(fields);
    let chips = move || {
        fields
            .get_value()
            .into_iter()
            .map(|(field, words)| {
                let same = field.clone();
                view! {
                    <Chip
                        label=words
                        on=Signal::derive(move || *chosen.read() == same)
                        press=Callback::new(move |()| {
                            chosen.set(field.clone());
                            value.set(String::new());
                            wrong.set(None);
                        })
                    />
                }
            })
            .collect_view()
    };
    let label = StoredValue::new(name);
    let save = move || {
        let field = chosen.get_untracked();
        let typed = value.get_untracked().trim().to_owned();
        let to = match field.ends_with("phone").then(|| domain::phone::parse(&typed)) {
            Some(Err(problem)) => return wrong.set(Some(sentence(&problem))),
            Some(Ok(digits)) => digits,
            None if typed.is_empty() => return wrong.set(Some(say("problem.REQUIRED").to_owned())),
            None => typed,
        };
        let from = basics.with_value(|b| b.get(&field));
        let register = Register { field, from, to: Some(to), source: Source::Person };
        write(phone, student, label.get_value(), Body::Register(register), open, failed);
    };
    view! {
        <Sheet open=open title=say("file.correct_do")>
            <Chips question=say("file.correct_ask")>{chips()}</Chips>
            <Field
                id="correct"
                label=say("file.correct_to")
                hint=Signal::derive(move || {
                    let now = current().unwrap_or_else(|| say("file.empty").to_owned());
                    say_with("file.correct_from", &[("what", &now)])
                })
                wrong=Signal::derive(move || wrong.get())
                input=Input::Text
                value=value
            />
            <Save failed=failed press=Callback::new(move |()| save()) />
        </Sheet>
    }
}

/// 存到手机, and what kept it from being kept.
#[component]
fn Save(failed: RwSignal<Option<LocalError>>, press: Callback<()>) -> impl IntoView {
    view! {
        <div class="pad stack">
            <NotKept why=failed />
            <button type="button" class="primary" on:click=move |_| press.run(())>{say("visit.save")}</button>
        </div>
    }
}

fn write(
    phone: Phone,
    student: StudentId,
    label: String,
    body: Body,
    open: RwSignal<bool>,
    failed: RwSignal<Option<LocalError>>,
) {
    let entry = NewEntry {
        id: device::new_id().into(),
        subject: Subject::Student(student),
        knock: None,
        supersedes: None,
        body,
        label,
    };
    spawn_local(async move {
        match phone.record(vec![entry], None).await {
            Ok(()) => open.set(false),
            Err(why) => failed.set(Some(why)),
        }
    });
}
