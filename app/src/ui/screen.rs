//! The frame of a screen: the line on top with what it is and where the work is, the tabs below.

use super::icon::{Icon, Shape};
use crate::notices::Notices;
use crate::phone::Phone;
use crate::preferences;
use crate::words::say;
use domain::actor::Role;
use leptos::prelude::*;
use std::time::Duration;

/// The four tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// 今日
    Today,
    /// 学生
    Students,
    /// 班级
    Classes,
    /// 我的
    Me,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str, Shape); 4] = [
        (Self::Today, "/", "tab.today", Shape::Today),
        (Self::Students, "/students", "tab.students", Shape::Student),
        (Self::Classes, "/classes", "tab.classes", Shape::Class),
        (Self::Me, "/me", "tab.me", Shape::Me),
    ];
}

/// A screen: with `tab` one of the four with tabs below, without it one with ‹ before its title.
#[component]
pub fn Screen(
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] tab: Option<Tab>,
    /// What stands at the end of the top line; where sync stands, if nothing else.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
    /// Where ‹ leads; the screen before, if nothing else.
    #[prop(optional, into)]
    back: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let phone = Phone::get();
    // The village's screens have no tabs (ux 6.4).
    let tab = tab.filter(|_| !phone.me.read_untracked().as_ref().is_some_and(|me| me.is(Role::Cadre)));
    Effect::new(move || document().set_title(&title.get()));
    let address = Tab::ALL.iter().find(|(each, ..)| Some(*each) == tab).map(|(_, address, ..)| *address);
    if let Some(address) = address {
        // Not in the way of the first picture.
        set_timeout(move || preferences::looked_at(address), Duration::ZERO);
    }
    let leave = move |_| match back {
        Some(back) => back.run(()),
        None => go_back(),
    };
    view! {
        <header class="top">
            {tab
                .is_none()
                .then(|| {
                    view! {
                        <button type="button" class="back" aria-label=say("go.back") on:click=leave>
                            <Icon shape=Shape::Back />
                        </button>
                    }
                })}
            <h1><bdi>{title}</bdi></h1>
            <div class="aside">
                {match aside {
                    Some(aside) => aside.run(),
                    None => view! { <a class="sync" href="/sync">{move || phone.sync_words()}</a> }.into_any(),
                }}
            </div>
        </header>
        {tab.map(|_| view! { <Notices /> })}
        <main>{children()}</main>
        {tab.map(|tab| view! { <Tabs tab=tab /> })}
    }
    .into_any()
}

#[component]
fn Tabs(tab: Tab) -> impl IntoView {
    let links = Tab::ALL.map(|(each, href, key, shape)| {
        view! {
            <a href=href aria-current=(each == tab).then_some("page")>
                <Icon shape=shape />
                <span>{say(key)}</span>
            </a>
        }
    });
    view! { <nav class="tabs" aria-label=say("tab.label")>{links.collect_view()}</nav> }
}

/// The screen before; the first one when the app was opened right here.
pub fn go_back() {
    let window = window();
    match window.history() {
        Ok(history) if history.length().is_ok_and(|n| n > 1) => drop(history.back()),
        _ => drop(window.location().set_href("/")),
    }
}
