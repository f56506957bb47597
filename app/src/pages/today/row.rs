//! A row of 今日: its body opens the reason, its button does the thing.

use super::duty_line::{Act, Calling, DutyLine};
use crate::device;
use crate::pages::visit::SetOut;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Chip, Icon, NotKept, Shape, Sheet};
use crate::words::say;
use crate::writing::Writing;
use domain::entry::Body;
use domain::ids::StudentId;
use domain::sighting::{SightingAnswer, Taken};
use domain::visit::opening::Errand;
use domain::visit::{Call, Supplement};
use domain::vocabulary::CallResult;
use leptos::prelude::*;

/// The row.
#[component]
pub fn Row(line: DutyLine, why: RwSignal<Option<DutyLine>>) -> impl IntoView {
    let set_out = SetOut::new();
    let phone = Phone::get();
    let acts = line.acts.clone();
    let student = line.duty.student;
    let writing = Writing::new(phone);
    let about = line.about.clone();
    let body = line.clone();
    view! {
        <li class="duty">
            <button type="button" class="duty-body" on:click=move |_| why.set(Some(body.clone()))>
                <span class="duty-words">
                    {line.words}
                    {line.late.map(|late| view! { " · " <span class="late"><Icon shape=Shape::Clock />{late}</span> })}
                </span>
                <bdi class="duty-about">{line.about}</bdi>
                <span class="duty-place">{line.place}</span>
                {line.note.map(|note| view! { <span class="duty-place">{note}</span> })}
            </button>
            <div class="duty-acts">
                {acts
                    .into_iter()
                    .map(|act| view! { <Do act=act writing=writing set_out=set_out student=student about=about.clone() /> })
                    .collect_view()}
            </div>
            <NotKept why=writing.failed />
        </li>
    }
}

#[component]
fn Do(
    act: Act,
    writing: Writing,
    set_out: SetOut,
    student: Option<StudentId>,
    about: String,
) -> impl IntoView {
    let button = |label: &'static str, press: Callback<()>| {
        // Heard without its row, a button has to say about whom it is.
        let label = say(label);
        let name = format!("{label} {about}");
        view! { <button type="button" class="act" aria-label=name on:click=move |_| press.run(())>{label}</button> }
            .into_any()
    };
    match act {
        Act::SetOut(label, errand) => button(label, Callback::new(move |()| set_out.to(errand.clone()))),
        Act::Page(label, href) => view! { <a class="act" href=href>{say(label)}</a> }.into_any(),
        Act::Kept(visit, what) => {
            let press = Callback::new(move |()| {
                let Some(student) = student else { return };
                let supplement =
                    Supplement { visit: Some(visit), kept: vec![what.clone()], ..Supplement::default() };
                writing.write(student, Body::Supplement(supplement), || ());
            });
            view! { <Sure ask="today.kept" about=about press=press /> }.into_any()
        }
        Act::Noted(sighting, of) => {
            let noted = SightingAnswer { of: sighting, taken: Taken::Noted };
            let press = Callback::new(move |()| {
                writing.write(of, Body::SightingAnswer(noted.clone()), || ());
            });
            view! { <Sure ask="today.note" about=about press=press /> }.into_any()
        }
        Act::GoMyself(sighting, of) => {
            let going = SightingAnswer { of: sighting, taken: Taken::GoingMyself };
            let press = Callback::new(move |()| {
                let go = move || set_out.to(Errand { student: of, duty: None, kind: None });
                writing.write(of, Body::SightingAnswer(going.clone()), go);
            });
            button("today.go_myself", press)
        }
        Act::Call(calling) => {
            view! { <CallBack calling=calling writing=writing student=student /> }.into_any()
        }
    }
}

/// Writes with the second tap: the row goes with it. Where the first tap was stands the way back, so that
/// a thumb that taps twice writes nothing.
#[component]
fn Sure(ask: &'static str, about: String, press: Callback<()>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let about = StoredValue::new(about);
    let button = move |label: &'static str, press: Callback<()>| {
        let name = format!("{label} {}", about.get_value());
        view! { <button type="button" class="act" aria-label=name on:click=move |_| press.run(())>{label}</button> }
    };
    let first = move || button(say(ask), Callback::new(move |()| asked.set(true)));
    view! {
        <Show when=move || asked.get() fallback=first>
            {button(say("today.not_yet"), Callback::new(move |()| asked.set(false)))}
            {button(say("today.sure"), press)}
        </Show>
    }
}

/// 打电话, and on return how it went.
#[component]
fn CallBack(calling: Calling, writing: Writing, student: Option<StudentId>) -> impl IntoView {
    let open = RwSignal::new(false);
    let calling = StoredValue::new(calling);
    let numbers = move || {
        calling
            .with_value(|calling| calling.people.clone())
            .into_iter()
            .map(|(relation, number)| {
                let label = format!("{} {}", say("call.dial"), phrase::relation(&relation));
                view! {
                    <button type="button" class="primary" on:click=move |_| device::call(&number)>{label}</button>
                }
            })
            .collect_view()
    };
    let results = move || {
        [CallResult::Reached, CallResult::NoAnswer]
            .map(|result| {
                let label = phrase::worded("call", result.code(), result.term());
                let press = Callback::new(move |()| {
                    let Some(student) = student else { return };
                    let supplement = calling.with_value(|calling| Supplement {
                        visit: Some(calling.visit),
                        kept: calling
                            .keeps
                            .iter()
                            .filter(|_| result == CallResult::Reached)
                            .cloned()
                            .collect(),
                        calls: calling
                            .people
                            .first()
                            .map(|(relation, _)| Call { relation: relation.clone(), result: result.clone() })
                            .into_iter()
                            .collect(),
                        ..Supplement::default()
                    });
                    writing.write(student, Body::Supplement(supplement), move || {
                        let _ = open.try_set(false);
                    });
                });
                view! { <Chip label=label press=press /> }
            })
            .collect_view()
    };
    view! {
        <button type="button" class="act" on:click=move |_| open.set(true)>{say("call.dial")}</button>
        <Sheet open=open title=say("call.asked")>
            <div class="pad stack">{numbers()}</div>
            <div class="chips pad">{results()}</div>
            <div class="pad-inline">
                <NotKept why=writing.failed />
            </div>
        </Sheet>
    }
}
