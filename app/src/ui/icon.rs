//! Icons: one line each, drawn for this app, 20 by 20, in the ink of the text beside them.

use leptos::prelude::*;

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident = $path:literal),* $(,)?) => {
        /// The shapes there are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Shape { $( $(#[$doc])* $name, )* }

        impl Shape {
            const fn path(self) -> &'static str { match self { $(Self::$name => $path),* } }
        }
    };
}

shapes! {
    /// ‹
    Back = "M12.5 4 6.5 10l6 6",
    /// ›
    Forward = "m7.5 4 6 6-6 6",
    /// ✓
    Check = "m4 10.5 4 4 8-9",
    /// ×
    Cross = "m5 5 10 10M15 5 5 15",
    /// ⋯
    More = "M4.5 10h.01M10 10h.01M15.5 10h.01",
    /// 手机
    Phone = "M6.5 2.5h7v15h-7zM9.5 15h1",
    /// 送
    Arrow = "M10 16V4M5 9l5-5 5 5",
    /// 收到
    Received = "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15m-3.5 8 2.5 2.5 4.5-5.5",
    /// 请补
    Pencil = "m4 16 .5-3.5L13 4l3 3-8.5 8.5zM11 6l3 3",
    /// 没收进去
    Warning = "M10 3 2.5 16.5h15zM10 8v4M10 14.3v.01",
    /// 村
    Village = "M3 3h14v14H3zM6 14V9l4-3 4 3v5",
    /// 有出入
    Unequal = "M3 3h14v14H3zM6.5 8.5h7M6.5 11.5h7M12 6l-4 8",
    /// 改过
    Changed = "M4.5 8a6 6 0 0 1 11 0M15.5 12a6 6 0 0 1-11 0M15.5 4v4h-4M4.5 16v-4h4",
    /// 晚了
    Clock = "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 6v4.5l3 1.5",
    /// 纸
    Paper = "M5 2.5h7l3 3v12H5zM12 2.5v3h3M7.5 9.5h5M7.5 12.5h5",
    /// 草稿
    Draft = "M10 2.5a7.5 7.5 0 0 1 2 .3M15 4.5a7.5 7.5 0 0 1 2 3M17.5 10.5a7.5 7.5 0 0 1-1 3M14 16.3a7.5 7.5 0 0 1-3 1.2M8 17.2a7.5 7.5 0 0 1-3-1.8M3.2 13a7.5 7.5 0 0 1-.6-3.5M3.8 6a7.5 7.5 0 0 1 2.4-2.5",
    /// 今日
    Today = "M3 4.5h14v12.5H3zM3 8.5h14M7 2.5v4M13 2.5v4M7 12.5l2 2 4-4",
    /// 学生
    Student = "M10 3a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7M3 17.5c.5-4 3-5.5 7-5.5s6.5 1.5 7 5.5",
    /// 班级
    Class = "M2.5 5h15v9h-15zM6 17.5l1.5-3.5M14 17.5 12.5 14M6 8.5h5",
    /// 我的
    Me = "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 6a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M5 15.5c1-2 2.5-3 5-3s4 1 5 3",
    /// 扫一扫
    Scan = "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M3 10h14",
}

/// An icon. Decoration: the words beside it say the same.
#[component]
pub fn Icon(shape: Shape) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=shape.path() />
        </svg>
    }
}
