//! A line that stands above everything else until its reason is gone.

use leptos::prelude::*;

/// What a banner or a tag means, shape and words apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    #[default]
    Info,
    /// Done.
    Ok,
    /// Waiting, or late.
    Wait,
    /// 没收进去, nothing else.
    Bad,
    /// Neither.
    Plain,
}

impl Tone {
    /// The class that colours it.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Ok => "ok",
            Self::Wait => "wait",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

/// A banner; its children are the words and what can be done.
#[component]
pub fn Banner(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <div class=format!("banner {}", tone.class()) role="status">{children()}</div> }
}
