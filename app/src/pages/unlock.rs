//! 解锁: six digits, without any network. What was open stays behind the lock and is there afterwards.

use super::sign_in::Wrong;
use crate::local::LocalError;
use crate::phone::{Phone, Stage};
use crate::session;
use crate::ui::keys::Key;
use crate::ui::{Field, Input, Keys};
use crate::words::{say, say_with};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Digits of a code.
const CODE_LENGTH: usize = 6;

/// The lock.
#[component]
pub fn Unlock() -> impl IntoView {
    let phone = Phone::get();
    let (code, wrong, busy) = (RwSignal::new(String::new()), RwSignal::new(None), RwSignal::new(false));
    let attempt = move || {
        if busy.get_untracked() || code.read_untracked().len() < CODE_LENGTH {
            return;
        }
        busy.set(true);
        wrong.set(None);
        spawn_local(async move {
            let done = session::unlock(phone, &code.get_untracked(), None).await;
            let _ = busy.try_set(false);
            if let Err(error) = done {
                let key = if error == LocalError::Sealed { "unlock.wrong" } else { error.key() };
                let _ = wrong.try_set(Some(say(key).to_owned()));
                let _ = code.try_set(String::new());
            }
        });
    };
    let who = phone.holder.with_untracked(|h| h.as_ref().map(|h| (h.name.clone(), h.unsent)));
    let (name, unsent) = who.unwrap_or_default();
    let owes = move || {
        let who = phone.holder.with(|h| h.as_ref().map(|h| h.user));
        who.is_some_and(|who| phone.behind.with(|behind| behind.contains_key(&who)))
    };
    Effect::new(move || document().set_title(say("unlock.title")));
    view! {
        <main class="door">
            <form
                class="door-form"
                on:submit=move |event| {
                    event.prevent_default();
                    attempt();
                }
            >
                <div class="masthead low">
                    <img src="/icons/icon.svg" alt="" width="48" height="48" />
                    <h1>
                        <bdi>{name}</bdi>
                    </h1>
                    <p>
                        {if unsent > 0 {
                            say_with("unlock.waiting", &[("n", &unsent.to_string())])
                        } else {
                            say("unlock.line").to_owned()
                        }}
                    </p>
                    <Show when=owes>
                        <p>{say("unlock.owed")}</p>
                    </Show>
                </div>
                <div class="code">
                    <Field
                        id="code"
                        label=say("unlock.code")
                        input=Input::Keyed
                        value=code
                        changed=Callback::new(move |()| attempt())
                    />
                </div>
                <div class="lock-says">
                    <Wrong wrong=wrong />
                    <p class="hint" aria-live="polite">{move || if busy.get() { say("unlock.busy") } else { "" }}</p>
                </div>
                <div class="pad">
                    <Keys press=move |key: Key| {
                        if busy.get_untracked() {
                            return;
                        }
                        wrong.set(None);
                        code.update(|code| key.press(code, CODE_LENGTH));
                        attempt();
                    } />
                </div>
            </form>
            <p class="links spread">
                <button type="button" class="link" on:click=move |_| phone.stage.set(Stage::SignIn)>
                    {say("unlock.forgot")}
                </button>
                <button
                    type="button"
                    class="link"
                    on:click=move |_| {
                        spawn_local(async move {
                            if let Err(error) = session::hand_over(phone).await {
                                let _ = wrong.try_set(Some(say(error.key()).to_owned()));
                            }
                        });
                    }
                >
                    {say("unlock.other")}
                </button>
            </p>
        </main>
    }
}
