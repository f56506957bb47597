//! A row of 今日: its body opens the reasons, its button does what is most pressing.

use super::duty_line::{Act, Calling, DutyLine};
use super::house::House;
use crate::device;
use crate::pages::visit::SetOut;
use crate::phone::Phone;
use crate::phrase;
use crate::ui::{Chip, Icon, NotKept, Shape, Sheet};
use crate::words::{say, say_with};
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
pub fn Row(house: House, why: RwSignal<Option<House>>) -> impl IntoView {
    let House { first, others, about, .. } = house.clone();
    let late = others.iter().find_map(|line| line.late.clone());
    let also = match others.as_slice() {
        [] => None,
        [one] => Some(say_with("today.also", &[("what", &one.words)])),
        more => Some(say_with("today.also_n", &[("n", &more.len().to_string())])),
    };
    view! {
        <li class="duty">
            <button type="button" class="duty-body" on:click=move |_| why.set(Some(house.clone()))>
                <span class="duty-words">{first.words.clone()} {first.late.clone().map(late_words)}</span>
                <bdi class="duty-about">{about.clone()}</bdi>
                <span class="duty-place">{first.place.clone()}</span>
                {first.note.clone().map(|note| view! { <span class="duty-place">{note}</span> })}
                {also.map(|also| view! { <span class="duty-also">{also} {late.map(late_words)}</span> })}
            </button>
            <DutyActs line=first about=about />
        </li>
    }
}

/// · 晚了 2 天
pub fn late_words(late: String) -> impl IntoView {
    view! { " · " <span class="late"><Icon shape=Shape::Clock />{late}</span> }
}

/// What can be done about one duty.
#[component]
pub fn DutyActs(
    line: DutyLine,
    /// About whom, for those who hear a button without its row; empty where only one is spoken of.
    #[prop(optional, into)]
    about: String,
    /// After it was written down.
    #[prop(optional, into)]
    then: Option<Callback<()>>,
) -> impl IntoView {
    let set_out = SetOut::new();
    let writing = Writing::new(Phone::get());
    let student = line.duty.student;
    let acts = line.acts.into_iter().map(move |act| {
        view! { <Do act=act writing=writing set_out=set_out student=student about=about.clone() then=then /> }
    });
    view! {
        <div class="duty-acts">{acts.collect_view()}</div>
        <NotKept why=writing.failed />
    }
}

/// Heard without its row, a button has to say about whom it is.
fn named(label: &str, about: &str) -> String {
    format!("{} {about}", say(label)).trim_end().to_owned()
}

#[component]
fn Do(
    act: Act,
    writing: Writing,
    set_out: SetOut,
    student: Option<StudentId>,
    about: String,
    then: Option<Callback<()>>,
) -> impl IntoView {
    let kept = move || {
        if let Some(then) = then {
            then.run(());
        }
    };
    let button = |label: &'static str, press: Callback<()>| {
        let name = named(label, &about);
        view! { <button type="button" class="act" aria-label=name on:click=move |_| press.run(())>{say(label)}</button> }
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
                writing.about(student, Body::Supplement(supplement), kept);
            });
            view! { <Sure ask="today.kept" about=about press=press /> }.into_any()
        }
        Act::Noted(sighting, of) => {
            let noted = SightingAnswer { of: sighting, taken: Taken::Noted };
            let press = Callback::new(move |()| {
                writing.about(of, Body::SightingAnswer(noted.clone()), kept);
            });
            view! { <Sure ask="today.note" about=about press=press /> }.into_any()
        }
        Act::GoMyself(sighting, of) => {
            let going = SightingAnswer { of: sighting, taken: Taken::GoingMyself };
            let press = Callback::new(move |()| {
                let go = move || set_out.to(Errand { student: of, duty: None, kind: None });
                writing.about(of, Body::SightingAnswer(going.clone()), go);
            });
            button("today.go_myself", press)
        }
        Act::Call(calling) => {
            view! { <CallBack calling=calling writing=writing student=student kept=kept /> }.into_any()
        }
    }
}

/// Writes with the second tap: the row goes with it. Where the first tap was stands the way back, so that
/// a thumb that taps twice writes nothing.
#[component]
fn Sure(ask: &'static str, about: String, press: Callback<()>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let about = StoredValue::new(about);
    let button = move |class: &'static str, label: &'static str, press: Callback<()>| {
        let name = about.with_value(|about| named(label, about));
        view! { <button type="button" class=class aria-label=name on:click=move |_| press.run(())>{say(label)}</button> }
    };
    let first = move || button("act", ask, Callback::new(move |()| asked.set(true)));
    view! {
        <Show when=move || asked.get() fallback=first>
            {button("act back", "today.not_yet", Callback::new(move |()| asked.set(false)))}
            {button("act", "today.sure", press)}
        </Show>
    }
}

/// 打电话, and on return how it went.
#[component]
fn CallBack(
    calling: Calling,
    writing: Writing,
    student: Option<StudentId>,
    #[prop(into)] kept: Callback<()>,
) -> impl IntoView {
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
                    writing.about(student, Body::Supplement(supplement), move || {
                        let _ = open.try_set(false);
                        kept.run(());
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
