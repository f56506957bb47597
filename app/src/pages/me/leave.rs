//! The ways to leave: lock, hand the phone to somebody else, sign out. Nothing unsent and no form is ever
//! left behind in silence.

use crate::local::LocalError;
use crate::owed;
use crate::phone::Phone;
use crate::rescue;
use crate::session;
use crate::ui::{Cell, Group, NotKept, Sheet};
use crate::words::{say, say_with};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Lock,
    HandOver,
    SignOut,
}

impl Way {
    const fn key(self) -> &'static str {
        match self {
            Self::Lock => "me.lock",
            Self::HandOver => "me.hand_over",
            Self::SignOut => "me.sign_out",
        }
    }

    /// Whether forms that are on the phone go with the person.
    const fn takes_all(self) -> bool {
        matches!(self, Self::SignOut)
    }
}

/// The ways.
#[component]
pub fn Leave() -> impl IntoView {
    let phone = Phone::get();
    let blocked = RwSignal::new(false);
    let failed = RwSignal::new(None);
    let asked = RwSignal::new(None::<Way>);
    let asking = RwSignal::new(false);
    let waits = move || phone.unsent() + phone.refused();
    let has_code = phone.holder.with_untracked(|h| h.as_ref().is_some_and(|h| h.by_code.is_some()));
    let go = move |way| match way {
        Way::Lock => session::lock(phone),
        Way::HandOver => spawn_local(async move {
            let _ = failed.try_set(session::hand_over(phone).await.err());
        }),
        Way::SignOut if waits() > 0 => blocked.set(true),
        Way::SignOut => spawn_local(async move {
            let _ = session::sign_out(phone).await;
        }),
    };
    let leave = move |way: Way| {
        let owes = phone.owed.with_untracked(|owed| !owed.is_empty());
        if owes || way.takes_all() && phone.drafts.with_untracked(|forms| !forms.is_empty()) {
            asked.set(Some(way));
            asking.set(true);
        } else {
            go(way);
        }
    };
    let go_all_the_same = Callback::new(move |way| {
        asking.set(false);
        go(way);
    });
    let save_and_go = move |_| {
        spawn_local(async move {
            if rescue::save(phone).await.is_ok() {
                let _ = session::sign_out_saved(phone).await;
            }
        });
    };
    view! {
        <Group>
            {has_code.then(|| view! { <Cell title=say("me.lock") press=move |()| leave(Way::Lock) /> })}
            <Cell
                title=say("me.hand_over")
                note=say("me.hand_over_why")
                press=move |()| leave(Way::HandOver)
            />
            <Cell title=say("me.sign_out") press=move |()| leave(Way::SignOut) />
        </Group>
        <div class="pad-inline">
            <NotKept why=failed />
        </div>
        <Forms asking=asking way=asked go=go_all_the_same />
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

/// What of the forms would go: those that a full phone could not keep, and at a sign-out all.
#[component]
fn Forms(asking: RwSignal<bool>, way: RwSignal<Option<Way>>, go: Callback<Way>) -> impl IntoView {
    let phone = Phone::get();
    let failed = RwSignal::new(None::<LocalError>);
    let owed = move || phone.owed.with(|owed| owed.len());
    // A form that was kept once and now is not is one.
    let begun = move || {
        let rows = phone.drafts.read();
        rows.iter().filter(|row| phone.owed.with(|owed| !owed.contains_key(&row.key))).count()
    };
    let takes_all = move || way.get().is_some_and(Way::takes_all);
    let keep = move |_| {
        spawn_local(async move {
            let done = owed::keep_all(phone).await;
            if done.is_ok() && !takes_all() {
                let _ = asking.try_set(false);
                phone.passing.set(Some(say("leave.kept")));
            }
            let _ = failed.try_set(done.err());
        });
    };
    let title = Signal::derive(move || way.get().map_or_else(String::new, |way| say(way.key()).to_owned()));
    view! {
        <Sheet open=asking title=title>
            <Show when=move || owed() != 0>
                <p class="pad">{move || say_with("leave.owed", &[("n", &owed().to_string())])}</p>
            </Show>
            <Show when=move || takes_all() && begun() != 0>
                <p class="pad">{move || say_with("leave.begun", &[("n", &begun().to_string())])}</p>
            </Show>
            <div class="pad stack">
                <NotKept why=failed />
                <Show
                    when=move || owed() != 0
                    fallback=move || view! { <a class="primary" href="/">{say("leave.go_on")}</a> }
                >
                    <button type="button" class="primary" on:click=keep>{say("leave.keep")}</button>
                </Show>
                <p class="hint">{move || say(if takes_all() { "leave.gone" } else { "leave.stays" })}</p>
                <button
                    type="button"
                    class="link bad"
                    on:click=move |_| {
                        if let Some(way) = way.get_untracked() {
                            go.run(way);
                        }
                    }
                >
                    {move || way.get().map(|way| say_with("leave.all_the_same", &[("what", say(way.key()))]))}
                </button>
            </div>
        </Sheet>
    }
}
