//! The answers: 属实, 有出入, 没参加／说不准. Saying that something is not right is as easy as saying that
//! it is, and nobody has to say more than they know.

use crate::local::LocalError;
use crate::phrase;
use crate::ui::{Chip, Chips, NotKept, Note, Sheet};
use crate::words::say;
use domain::vocabulary::{ConfirmationResult, Discrepancy};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// 属实 or not.
    pub result: ConfirmationResult,
    /// 哪里不对
    pub discrepancies: Vec<Discrepancy>,
    /// 想说一句
    pub comment: Option<String>,
}

impl Given {
    /// An answer without more to say.
    pub const fn plain(result: ConfirmationResult) -> Self {
        Self { result, discrepancies: Vec::new(), comment: None }
    }
}

/// Why an answer was not taken; it stays as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The screen asks first who answers, and says so itself.
    Who,
    /// The phone did not keep it.
    NotKept(LocalError),
}

impl From<LocalError> for NotTaken {
    fn from(why: LocalError) -> Self {
        Self::NotKept(why)
    }
}

/// An answer on its way to being kept.
pub type Giving = Pin<Box<dyn Future<Output = Result<(), NotTaken>>>>;

/// 属实 · 有出入 · 说不准 · 没参加
pub fn result_words(result: &ConfirmationResult) -> String {
    phrase::worded("answer", result.code(), result.term())
}

/// The answers under way: what is typed stays until it is kept, also when the sheet is closed meanwhile.
#[derive(Clone, Copy)]
struct Answering {
    give: Callback<Given, Giving>,
    wrong: RwSignal<bool>,
    unsure: RwSignal<bool>,
    chosen: RwSignal<Vec<Discrepancy>>,
    comment: RwSignal<String>,
    failed: RwSignal<Option<LocalError>>,
}

impl Answering {
    fn new(give: Callback<Given, Giving>) -> Self {
        Self {
            give,
            wrong: RwSignal::new(false),
            unsure: RwSignal::new(false),
            chosen: RwSignal::default(),
            comment: RwSignal::default(),
            failed: RwSignal::default(),
        }
    }

    fn give(self, given: Given) {
        self.failed.set(None);
        spawn_local(async move {
            let failed = match self.give.run(given).await {
                Err(NotTaken::NotKept(why)) => Some(why),
                Ok(()) | Err(NotTaken::Who) => None,
            };
            // Once it is kept these answers may stand on the glass no more.
            let _ = self.failed.try_set(failed);
            if failed.is_none() {
                let _ = self.wrong.try_set(false);
                let _ = self.unsure.try_set(false);
            }
        });
    }

    fn plain(self, result: ConfirmationResult) {
        self.give(Given::plain(result));
    }
}

/// The buttons and what 有出入 and 说不准 open.
#[component]
pub fn Answers(
    #[prop(into)] give: Callback<Given, Giving>,
    /// Side by side, as in a list.
    #[prop(optional)]
    narrow: bool,
    /// The house, for those who listen: 属实 · 阿依古丽家.
    #[prop(optional, into)]
    of: String,
) -> impl IntoView {
    let answering = Answering::new(give);
    let Answering { wrong, unsure, failed, .. } = answering;
    let named =
        move |key: &str| if of.is_empty() { say(key).to_owned() } else { format!("{} {of}", say(key)) };
    view! {
        <div class="answers" class:narrow=narrow>
            <button
                type="button"
                class="primary"
                aria-label=named("answer.CONFIRMED")
                on:click=move |_| answering.plain(ConfirmationResult::Confirmed)
            >
                {say("answer.CONFIRMED")}
            </button>
            <button
                type="button"
                class="secondary"
                aria-label=named("answer.CORRECTED")
                on:click=move |_| wrong.set(true)
            >
                {say("answer.CORRECTED")}
            </button>
            <button type="button" class="link" aria-label=named("answer.unsure") on:click=move |_| unsure.set(true)>
                {say("answer.unsure")}
            </button>
        </div>
        <div class="pad-inline">
            <NotKept why=Signal::derive(move || failed.get().filter(|_| !wrong.get() && !unsure.get())) />
        </div>
        <Sheet open=wrong title=say("answer.what")>
            <Wrong answering=answering />
        </Sheet>
        <Sheet open=unsure title=say("answer.unsure")>
            <div class="answers pad">
                <NotKept why=failed />
                <button
                    type="button"
                    class="secondary"
                    on:click=move |_| answering.plain(ConfirmationResult::NotPresent)
                >
                    {say("answer.not_there")}
                </button>
                <button type="button" class="secondary" on:click=move |_| answering.plain(ConfirmationResult::Unable)>
                    {say("answer.cannot_say")}
                </button>
            </div>
        </Sheet>
    }
}

/// 哪里不对？
#[component]
fn Wrong(answering: Answering) -> impl IntoView {
    let Answering { chosen, comment, failed, .. } = answering;
    let missing = RwSignal::new(false);
    let chips = Discrepancy::ALL.iter().map(move |discrepancy| {
        let code = discrepancy.code();
        let on = Signal::derive(move || chosen.read().contains(discrepancy));
        let press = move |()| {
            chosen.update(|chosen| match chosen.iter().position(|each| each == discrepancy) {
                Some(at) => drop(chosen.remove(at)),
                None => chosen.push(discrepancy.clone()),
            });
        };
        view! { <Chip label=phrase::worded("wrong", code, discrepancy.term()) on=on press=press /> }
    });
    let hand = move |_| {
        let words = comment.read_untracked().trim().to_owned();
        if chosen.read_untracked().is_empty() && words.is_empty() {
            missing.set(true);
            return;
        }
        answering.give(Given {
            result: ConfirmationResult::Corrected,
            discrepancies: Discrepancy::ALL
                .iter()
                .filter(|d| chosen.read_untracked().contains(d))
                .cloned()
                .collect(),
            comment: Some(words).filter(|words| !words.is_empty()),
        });
    };
    view! {
        <Chips question=say("answer.what_wrong") hint=say("answer.several")>{chips.collect_view()}</Chips>
        <Note id="comment" label=say("answer.comment") value=comment longest=domain::length::WORDS />
        <div class="pad in-reach">
            <p role="status" hidden=move || !missing.get()>{say("answer.choose")}</p>
            <NotKept why=failed />
            <button type="button" class="primary" on:click=hand>{say("answer.hand")}</button>
        </div>
    }
}
