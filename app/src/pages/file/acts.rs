//! What can be done about a child from the file: 去家访, 去敲门, 没到校, 回到学校, 更正. Only what this
//! person may write is offered.

use crate::dates;
use crate::device;
use crate::pages::visit::SetOut;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Chip, Chips, Day, Field, Input, NotKept, Sheet, sentence};
use crate::words::{say, say_with};
use crate::writing::Writing;
use chrono::NaiveDate;
use domain::absence::{Absence, Return};
use domain::access::Facet;
use domain::entry::{Body, Kind};
use domain::ids::StudentId;
use domain::register::{Register, Source};
use domain::student::Basics;
use domain::visit::opening::{Errand, may_offer};
use domain::vocabulary::VisitKind;
use leptos::prelude::*;

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
        <DaySheet open=absent student=student key="file.absent_do" ask="file.absent_ask" since=None />
        <DaySheet open=back student=student key="file.back_do" ask="file.back_ask" since=absent_since />
        <CorrectSheet open=correcting student=student basics=basics />
    }
}

/// A day, and the entry that says it: 没到校 when `since` is none, else 回到学校.
#[component]
fn DaySheet(
    open: RwSignal<bool>,
    student: StudentId,
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
    let days = StoredValue::new(days);
    let body = move |()| {
        let on = chosen.get_untracked();
        Some(match since {
            None => Body::Absence(Absence { first_absent_on: on }),
            Some(since) => Body::Return(Return { returned_on: on.max(since) }),
        })
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
            <Day
                id=key
                label=say("visit.pick_day")
                within=(since, Some(today))
                value=Signal::derive(move || Some(chosen.get()))
                choose=Callback::new(move |on: Option<NaiveDate>| {
                    if let Some(on) = on {
                        chosen.set(on);
                    }
                })
            />
            <Save student=student body=body open=open />
        </Sheet>
    }
}

/// 更正电话: the value seen goes along, so that two who corrected at once both stay visible.
#[component]
fn CorrectSheet(open: RwSignal<bool>, student: StudentId, basics: Basics) -> impl IntoView {
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
    let body = move |()| {
        let field = chosen.get_untracked();
        let typed = value.get_untracked().trim().to_owned();
        let to = match field.ends_with("phone").then(|| domain::phone::parse(&typed)) {
            Some(Err(problem)) => Err(sentence(&problem)),
            Some(Ok(digits)) => Ok(digits),
            None if typed.is_empty() => Err(say("problem.REQUIRED").to_owned()),
            None => Ok(typed),
        };
        match to {
            Ok(to) => {
                let from = basics.with_value(|b| b.get(&field));
                Some(Body::Register(Register { field, from, to: Some(to), source: Source::Person }))
            }
            Err(why) => {
                wrong.set(Some(why));
                None
            }
        }
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
            <Save student=student body=body open=open />
        </Sheet>
    }
}

/// 存到手机, once, and what kept it from being kept. `body` says what is to be written, if anything is; kept,
/// the sheet closes. To be made in the sheet, so that each opening is a new writing.
#[component]
fn Save(
    student: StudentId,
    #[prop(into)] body: Callback<(), Option<Body>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let writing = Writing::new(Phone::get());
    let press = move |_| {
        if let Some(body) = body.run(()) {
            // The page may have been built anew by what was written.
            writing.about(student, body, move || {
                let _ = open.try_set(false);
            });
        }
    };
    view! {
        <div class="pad stack">
            <NotKept why=writing.failed />
            <button type="button" class="primary" on:click=press>{say("visit.save")}</button>
        </div>
    }
}
