//! Why something was not kept, in words, and what helps where a press of the thumb can.

use crate::local::LocalError;
use crate::words::say;
use leptos::prelude::*;

/// Nothing as long as there is no reason.
#[component]
pub fn NotKept(#[prop(into)] why: Signal<Option<LocalError>>) -> impl IntoView {
    let reopen = || {
        view! {
            <button type="button" class="secondary" on:click=|_| drop(window().location().reload())>
                {say("local.reopen")}
            </button>
        }
    };
    move || {
        why.get().map(|why| {
            view! {
                <p class="error" role="alert">{say(why.key())}</p>
                {(why == LocalError::Outdated).then(reopen)}
            }
        })
    }
}
