//! The answers: 属实, 有出入, 没参加／说不准. Saying that something is not right is as easy as saying that
//! it is, and nobody has to say more than they know.

use crate::ui::{Chip, Chips, Note, Sheet};
use crate::words::say;
use domain::vocabulary::{ConfirmationResult, Discrepancy};
use leptos::prelude::*;

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

/// 属实 · 有出入 · 说不准 · 没参加
pub fn result_words(result: &ConfirmationResult) -> String {
    super::question::say_or_term("answer", result.code(), result.term())
}

/// The buttons and what 有出入 and 说不准 open.
#[component]
pub fn Answers(
    #[prop(into)] give: Callback<Given>,
    /// Side by side, as in a list.
    #[prop(optional)]
    narrow: bool,
    /// The house, for those who listen: 属实 · 阿依古丽家.
    #[prop(optional, into)]
    of: String,
) -> impl IntoView {
    let wrong = RwSignal::new(false);
    let unsure = RwSignal::new(false);
    let named =
        move |key: &str| if of.is_empty() { say(key).to_owned() } else { format!("{} {of}", say(key)) };
    let plain = move |result: ConfirmationResult| {
        wrong.set(false);
        unsure.set(false);
        give.run(Given::plain(result));
    };
    view! {
        <div class="answers" class:narrow=narrow>
            <button
                type="button"
                class="primary"
                aria-label=named("answer.CONFIRMED")
                on:click=move |_| plain(ConfirmationResult::Confirmed)
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
        <Sheet open=wrong title=say("answer.what")>
            <Wrong
                give=move |given| {
                    wrong.set(false);
                    give.run(given);
                }
            />
        </Sheet>
        <Sheet open=unsure title=say("answer.unsure")>
            <div class="answers pad">
                <button type="button" class="secondary" on:click=move |_| plain(ConfirmationResult::NotPresent)>
                    {say("answer.not_there")}
                </button>
                <button type="button" class="secondary" on:click=move |_| plain(ConfirmationResult::Unable)>
                    {say("answer.cannot_say")}
                </button>
            </div>
        </Sheet>
    }
}

/// 哪里不对？
#[component]
fn Wrong(#[prop(into)] give: Callback<Given>) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<Discrepancy>::new());
    let comment = RwSignal::new(String::new());
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
        view! { <Chip label=super::question::say_or_term("wrong", code, discrepancy.term()) on=on press=press /> }
    });
    let hand = move |_| {
        let words = comment.read_untracked().trim().to_owned();
        if chosen.read_untracked().is_empty() && words.is_empty() {
            missing.set(true);
            return;
        }
        give.run(Given {
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
        <Note id="comment" label=say("answer.comment") value=comment />
        <div class="pad in-reach">
            <p role="status" hidden=move || !missing.get()>{say("answer.choose")}</p>
            <button type="button" class="primary" on:click=hand>{say("answer.hand")}</button>
        </div>
    }
}
