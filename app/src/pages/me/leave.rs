//! The ways to leave: lock, hand the phone to somebody else, sign out. Nothing unsent is ever left
//! behind in silence.

use crate::phone::Phone;
use crate::rescue;
use crate::session;
use crate::ui::{Cell, Group, NotKept, Sheet};
use crate::words::{say, say_with};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The ways.
#[component]
pub fn Leave() -> impl IntoView {
    let phone = Phone::get();
    let blocked = RwSignal::new(false);
    let failed = RwSignal::new(None);
    let waits = move || phone.unsent() + phone.refused();
    let has_code = phone.holder.with_untracked(|h| h.as_ref().is_some_and(|h| h.by_code.is_some()));
    let sign_out = move || {
        if waits() > 0 {
            blocked.set(true);
            return;
        }
        spawn_local(async move {
            let _ = session::sign_out(phone).await;
        });
    };
    let save_and_go = move |_| {
        spawn_local(async move {
            if rescue::save(phone).await.is_ok() {
                let _ = session::sign_out_saved(phone).await;
            }
        });
    };
    view! {
        <Group>
            {has_code.then(|| view! { <Cell title=say("me.lock") press=move |()| session::lock(phone) /> })}
            <Cell
                title=say("me.hand_over")
                note=say("me.hand_over_why")
                press=move |()| {
                    spawn_local(async move {
                        let _ = failed.try_set(session::hand_over(phone).await.err());
                    });
                }
            />
            <Cell title=say("me.sign_out") press=move |()| sign_out() />
        </Group>
        <div class="pad-inline">
            <NotKept why=failed />
        </div>
        <Sheet open=blocked title=say("me.sign_out")>
            <p class="pad">{move || say_with("logout.blocked", &[("n", &waits().to_string())])}</p>
            <div class="pad stack">
                <a class="primary" href="/sync" on:click=move |_| phone.sync_now()>
                    {say("logout.send")}
                </a>
                <button type="button" class="secondary" on:click=save_and_go>
                    {say("logout.save")}
                </button>
                <p class="hint">{say("logout.save_why")}</p>
            </div>
        </Sheet>
    }
}
