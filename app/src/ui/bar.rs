//! The fixed bar at the bottom with the one thing to do next. Hidden while the keyboard is up.

use leptos::prelude::*;

/// The bar; children, if any, stand above the button.
#[component]
pub fn PrimaryBar(
    /// A verb of the work: 下一步, 存到手机.
    #[prop(into)]
    label: Signal<String>,
    #[prop(into)] press: Callback<()>,
    /// While the press is being worked on.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="primary-bar">
            {children.map(|children| children())}
            <button
                type="button"
                class="primary"
                aria-disabled=move || busy.get().then_some("true")
                on:click=move |_| {
                    if !busy.get_untracked() {
                        press.run(());
                    }
                }
            >
                {label}
            </button>
        </div>
    }
}
