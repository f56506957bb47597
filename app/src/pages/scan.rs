//! 扫一扫: the camera, or the keys when it will not open; then the one question. Works without network
//! from the first look to the answer kept on this phone (ways B and C).

use super::cadre::home::changed_words;
use super::cadre::{give, signed, villages};
use super::village::answers::result_words;
use super::village::standing::who;
use super::village::{Answers, Facts, Given, Giving, Keypad, Question};
use crate::dates;
use crate::device;
use crate::device::camera::Camera;
use crate::phone::Phone;
use crate::ui::{Banner, Chip, Chips, PrimaryBar, Screen, Tone};
use crate::words::{say, say_with};
use domain::card::list::{List, Own, own_answers};
use domain::confirmation::code::{Ticket, checks};
use domain::ids::VillageId;
use domain::vocabulary::ConfirmationResult;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_location, use_navigate};

/// How far it got.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// The camera looks.
    Look,
    /// 输核对码
    Keys,
    /// The question.
    Ask(Question),
    /// Answered and kept.
    Done(Question, ConfirmationResult),
    /// The code is of another village, or its reader is no cadre.
    NotYours(String),
}

/// 扫一扫.
#[component]
pub fn Scan() -> impl IntoView {
    let phone = Phone::get();
    // A browser that opened the code itself hands it over behind `#`.
    let handed = Ticket::decode(&use_location().hash.get_untracked());
    let step = RwSignal::new(handed.map_or(Step::Look, |ticket| asked(phone, &ticket)));
    let back = Callback::new(move |()| match step.get_untracked() {
        Step::Keys | Step::NotYours(_) => step.set(Step::Look),
        _ => crate::ui::go_back(),
    });
    view! {
        <div class="large-type"><Screen title=say("scan.title") back=back>
            <div class="stacked">
                {move || match step.get() {
                    Step::Look => view! { <Look step=step /> }.into_any(),
                    Step::Keys => view! { <Keys step=step /> }.into_any(),
                    Step::Ask(question) => view! { <Asking question=question step=step /> }.into_any(),
                    Step::Done(question, result) => {
                        view! { <Done question=question result=result step=step /> }.into_any()
                    }
                    Step::NotYours(village) => {
                        view! {
                            <Banner tone=Tone::Wait>{say_with("scan.not_yours", &[("village", &village)])}</Banner>
                        }
                            .into_any()
                    }
                }}
            </div>
        </Screen></div>
    }
}

/// What a ticket asks this person.
fn asked(phone: Phone, ticket: &Ticket) -> Step {
    let mine = phone.me.read_untracked().as_ref().map(villages).unwrap_or_default();
    let question = phone.replica.with_untracked(|replica| Question::of_ticket(ticket, &replica.directory));
    match question {
        Some(question) if mine.contains(&question.village) => match own(phone, &question) {
            Some(own) => {
                let result = own.result.clone();
                Step::Done(Question { supersedes: Some(own.entry), ..question }, result)
            }
            None => Step::Ask(question),
        },
        _ => Step::NotYours(ticket.village_name.clone()),
    }
}

/// What was answered on this phone about the same.
fn own(phone: Phone, question: &Question) -> Option<Own> {
    let answers = phone.replica.with_untracked(own_answers);
    answers.get(&question.knock?).filter(|own| own.shown == question.shown).cloned()
}

#[component]
fn Look(step: RwSignal<Step>) -> impl IntoView {
    let phone = Phone::get();
    let video = NodeRef::<html::Video>::new();
    let camera = StoredValue::new_local(None::<Camera>);
    let denied = RwSignal::new(false);
    let strange = RwSignal::new(false);
    let found = move |text: String| match Ticket::decode(&text) {
        Some(ticket) => {
            device::vibrate();
            step.set(asked(phone, &ticket));
        }
        None => strange.set(true),
    };
    Effect::new(move || {
        let Some(video) = video.get() else { return };
        spawn_local(async move {
            match Camera::open(video, found).await {
                // Left meanwhile: then it closes at once.
                Ok(open) => drop(camera.try_set_value(Some(open))),
                Err(_) => denied.set(true),
            }
        });
    });
    on_cleanup(move || drop(camera.try_update_value(Option::take)));
    view! {
        <div class="viewfinder" hidden=move || denied.get()>
            <video node_ref=video playsinline muted autoplay aria-label=say("scan.picture")></video>
            <span class="frame" aria-hidden="true"></span>
        </div>
        <p class="pad" role="status">
            {move || {
                if denied.get() {
                    say("camera.denied")
                } else if strange.get() {
                    say("scan.strange")
                } else {
                    say("scan.how")
                }
            }}
        </p>
        <div class="answers pad">
            <button type="button" class="secondary" on:click=move |_| step.set(Step::Keys)>
                {say("scan.keys")}
            </button>
        </div>
    }
}

#[component]
fn Keys(step: RwSignal<Step>) -> impl IntoView {
    let phone = Phone::get();
    let mine = phone.me.read_untracked().as_ref().map(villages).unwrap_or_default();
    let chosen = RwSignal::new(mine.first().copied());
    let done = move |code: String| {
        if !checks(&code) {
            return Some(say("cadre.code_bad").to_owned());
        }
        match chosen.get_untracked() {
            Some(village) => step.set(Step::Ask(Question::of_code(&code, village))),
            None => return Some(say("scan.no_village").to_owned()),
        }
        None
    };
    view! {
        {(mine.len() > 1).then(|| view! { <WhichVillage villages=mine chosen=chosen /> })}
        <p class="pad">{say("scan.keys_how")}</p>
        <Keypad length=8 label=say("scan.keys") done=done />
    }
}

#[component]
fn WhichVillage(villages: Vec<VillageId>, chosen: RwSignal<Option<VillageId>>) -> impl IntoView {
    let phone = Phone::get();
    let chips = villages.into_iter().map(move |village| {
        let name = super::cadre::village_name(phone, village);
        let on = Signal::derive(move || chosen.get() == Some(village));
        view! { <Chip label=name on=on press=move |()| chosen.set(Some(village)) /> }
    });
    view! { <Chips question=say("scan.which_village")>{chips.collect_view()}</Chips> }
}

/// C1. What somebody else of the village said already stands above the buttons, and what was changed since.
#[component]
fn Asking(question: Question, step: RwSignal<Step>) -> impl IntoView {
    let phone = Phone::get();
    let row = phone.me.read_untracked().as_ref().and_then(|me| {
        let list = phone.replica.with_untracked(|replica| List::of(replica, me));
        let mut rows = list.waiting.into_iter().chain(list.answered);
        rows.find(|row| Some(row.asked.knock) == question.knock)
    });
    let answered = question.supersedes.is_none() && row.as_ref().is_some_and(|row| !row.waits());
    let changed = row.as_ref().and_then(|row| changed_words(&row.asked));
    let before = row.and_then(|row| row.asked.answers.into_iter().next_back()).map(|given| {
        say_with(
            "cadre.answered_by",
            &[
                ("at", &dates::moment(given.at, device::now())),
                ("who", &who(&given.role, given.name.as_deref())),
                ("result", &result_words(&given.result)),
            ],
        )
    });
    let asking = RwSignal::new(!answered);
    let facts = question.clone();
    let answer = move |given: Given| {
        let entry = signed(phone, &question, &given);
        let (id, question) = (entry.as_ref().map(|entry| entry.id), question.clone());
        let giving: Giving = Box::pin(async move {
            give(phone, entry).await?;
            step.set(Step::Done(Question { supersedes: id, ..question }, given.result));
            Ok(())
        });
        giving
    };
    view! {
        <Facts question=facts />
        {changed.map(|words| view! { <p class="changed pad">{words}</p> })}
        {before.map(|words| view! { <p class="pad">{words}</p> })}
        {move || {
            if asking.get() {
                view! { <Answers give=answer.clone() /> }.into_any()
            } else {
                view! {
                    <div class="answers">
                        <button type="button" class="secondary" on:click=move |_| asking.set(true)>
                            {say("cadre.differently")}
                        </button>
                    </div>
                }
                    .into_any()
            }
        }}
        <p class="hint pad">{say("cadre.reassure")}</p>
    }
}

/// C2: answered, kept, and the four digits to read out.
#[component]
fn Done(question: Question, result: ConfirmationResult, step: RwSignal<Step>) -> impl IntoView {
    let phone = Phone::get();
    let navigate = use_navigate();
    let words = say_with("cadre.done_is", &[("result", &result_words(&result))]);
    let receipt = question.receipt(&result).map(|digits| {
        view! {
            <p class="receipt"><span>{say("cadre.receipt")}</span> <strong class="digits">{digits}</strong></p>
            <p class="hint pad">{say("cadre.read_out")}</p>
        }
    });
    let title = question.title.clone();
    view! {
        <div class="facts">
            <h2><bdi>{title}</bdi></h2>
            <p class="done" role="status">{words}</p>
        </div>
        {receipt}
        <p class="pad">{move || phone.sync_words()}</p>
        <div class="answers">
            <button type="button" class="link" on:click=move |_| step.set(Step::Ask(question.clone()))>
                {say("cadre.mistake")}
            </button>
        </div>
        <PrimaryBar label=say("cadre.home") press=move |()| navigate("/", Default::default()) />
    }
}
