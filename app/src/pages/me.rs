//! 我的: who holds this phone, how it looks and speaks, on which devices one is signed in, and the way
//! out, which stays shut while something is unsent.

pub mod devices;
pub mod leave;

use crate::phone::Phone;
use crate::preferences::{self, LANGUAGES, Theme};
use crate::ui::{Cell, Chip, Chips, Group, Screen, Tab};
use crate::words::say;
use devices::Devices;
use domain::directory::title;
use leave::Leave;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Me() -> impl IntoView {
    let phone = Phone::get();
    let me = phone.me.get_untracked();
    let name = me.as_ref().map(|me| me.name.clone()).unwrap_or_default();
    let duty = me.as_ref().map(title).unwrap_or_default();
    let large = RwSignal::new(preferences::is_large());
    let theme = RwSignal::new(preferences::theme());
    let language = preferences::language();
    let themes = Theme::ALL.map(|each| {
        view! {
            <Chip
                label=say(each.key())
                on=Signal::derive(move || theme.get() == each)
                press=move |()| {
                    preferences::set_theme(each);
                    theme.set(each);
                }
            />
        }
    });
    let languages = LANGUAGES.map(|(code, own)| {
        let spoken = language == code;
        view! {
            <Chip
                label=own
                on=Signal::derive(move || spoken)
                press=move |()| {
                    preferences::set_language(code);
                    let _ = window().location().reload();
                }
            />
        }
    });
    view! {
        <Screen title=say("tab.me") tab=Tab::Me>
            <Group>
                <Cell title=name note=duty />
                <Cell title=say("sync.title") note=Signal::derive(move || phone.sync_words()) href="/sync" />
            </Group>
            <Chips question=say("me.type")>
                <Chip
                    label=say("me.type_normal")
                    on=Signal::derive(move || !large.get())
                    press=move |()| {
                        preferences::set_large(false);
                        large.set(false);
                    }
                />
                <Chip
                    label=say("me.type_large")
                    on=large
                    press=move |()| {
                        preferences::set_large(true);
                        large.set(true);
                    }
                />
            </Chips>
            <Chips question=say("me.theme")>{themes.collect_view()}</Chips>
            <Chips question=say("me.language")>{languages.collect_view()}</Chips>
            <Devices />
            <Group>
                <Cell title=say("ready.title") href="/ready" />
            </Group>
            <Leave />
            <p class="pad hint">{say("me.version")} " " {crate::browser::build()}</p>
        </Screen>
    }
}
