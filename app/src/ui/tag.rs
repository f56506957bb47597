//! State marks (ux 13.5): shape, word and colour, one a row.

use super::banner::Tone;
use super::icon::{Icon, Shape};
use leptos::prelude::*;

/// Where something stands. Two of them only the desk says.
#[cfg_attr(not(feature = "desk"), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// 草稿
    Draft,
    /// 在手机
    OnPhone,
    /// 正在送
    Sending,
    /// 学校已收到
    Received,
    /// 教导处请补
    PleaseAdd,
    /// 没收进去
    Refused,
    /// 等村里
    VillageWaiting,
    /// 村里属实
    VillageConfirmed,
    /// 有出入
    VillageCorrected,
    /// 改过
    Changed,
    /// 晚了
    Late,
    /// 纸
    Paper,
}

impl Mark {
    /// Its shape and tone.
    pub const fn looks(self) -> (Shape, Tone) {
        match self {
            Self::Draft => (Shape::Draft, Tone::Plain),
            Self::OnPhone => (Shape::Phone, Tone::Info),
            Self::Sending => (Shape::Arrow, Tone::Info),
            Self::Received => (Shape::Received, Tone::Ok),
            Self::PleaseAdd => (Shape::Pencil, Tone::Wait),
            Self::Refused => (Shape::Warning, Tone::Bad),
            Self::VillageWaiting => (Shape::Village, Tone::Plain),
            Self::VillageConfirmed => (Shape::Village, Tone::Ok),
            Self::VillageCorrected => (Shape::Unequal, Tone::Wait),
            Self::Changed => (Shape::Changed, Tone::Wait),
            Self::Late => (Shape::Clock, Tone::Wait),
            Self::Paper => (Shape::Paper, Tone::Plain),
        }
    }
}

/// A mark with its word.
#[component]
pub fn Tag(mark: Mark, #[prop(into)] word: Signal<String>) -> impl IntoView {
    let (shape, tone) = mark.looks();
    view! {
        <span class=format!("tag {}", tone.class())>
            <Icon shape=shape />
            {word}
        </span>
    }
}
