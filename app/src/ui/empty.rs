//! Nothing to show, and what to do about it (ux 12). Never 暂无数据.

use leptos::prelude::*;

/// The words and, as children, the one action.
#[component]
pub fn Empty(
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
