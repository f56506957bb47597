//! Fields to type into: label, hint, error, and a summary on top that leads to each (GOV.UK). Errors
//! stand where they belong and block nothing else.

use crate::words::{find, say, say_with};
use chrono::NaiveDate;
use domain::length::{LINE, PROSE};
use domain::problem::Problem;
use leptos::prelude::*;

/// What keyboard and filling a field asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// Words.
    #[default]
    Text,
    /// A telephone number.
    Phone,
    /// A password known to the browser.
    Password,
    /// A password being chosen.
    NewPassword,
    /// Digits that nobody else should read: the unlock code.
    Code,
    /// The same on keys of our own: the phone's keyboard stays away, a real one types here too.
    Keyed,
    /// A moment, by the browser's own control.
    Moment,
    /// Something to look for.
    Search,
}

impl Input {
    /// type, inputmode, autocomplete
    const fn attributes(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Text => ("text", "text", "off"),
            Self::Phone => ("tel", "tel", "username"),
            Self::Password => ("password", "text", "current-password"),
            Self::NewPassword => ("password", "text", "new-password"),
            Self::Code => ("password", "numeric", "off"),
            Self::Keyed => ("password", "none", "off"),
            Self::Moment => ("datetime-local", "text", "off"),
            Self::Search => ("search", "search", "off"),
        }
    }
}

/// An eye; its stroke is shown while it sees. Plain markup: signing in has no other picture to draw.
const EYE: &str = r#"<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M2 10c2-3.7 4.7-5.5 8-5.5s6 1.8 8 5.5c-2 3.7-4.7 5.5-8 5.5S4 13.7 2 10M10 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5"/><path class="stroke" d="M4 17 16 3"/></svg>"#;

/// What is wrong with a field, in words; nothing when all is well.
pub type Wrong = Signal<Option<String>>;

/// One line to type. `id` is also where the summary leads.
#[component]
pub fn Field(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(optional, into)] wrong: Wrong,
    #[prop(optional)] input: Input,
    value: RwSignal<String>,
    /// After every change, for drafts.
    #[prop(optional, into)]
    changed: Option<Callback<()>>,
) -> impl IntoView {
    let (kind, mode, fill) = input.attributes();
    let secret = matches!(input, Input::Password | Input::NewPassword);
    let seen = RwSignal::new(false);
    let eye = secret.then(|| {
        view! {
            <button
                type="button"
                class="eye"
                aria-label=say("go.see")
                aria-pressed=move || seen.get().to_string()
                on:click=move |_| seen.update(|seen| *seen = !*seen)
                inner_html=EYE
            ></button>
        }
    });
    view! {
        <Described id=id label=label hint=hint wrong=wrong>
            <input
                id=id
                name=id
                type=move || if seen.get() { "text" } else { kind }
                inputmode=mode
                autocomplete=fill
                maxlength=(input == Input::Text).then(|| LINE.to_string())
                aria-invalid=move || wrong.read().is_some().then_some("true")
                aria-describedby=format!("{id}-hint {id}-wrong")
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    if let Some(changed) = changed {
                        changed.run(());
                    }
                }
            />
            {eye}
        </Described>
    }
}

/// A day, by the browser's own control.
#[component]
pub fn Day(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    /// The first and the last one to choose from.
    #[prop(default = (None, None))]
    within: (Option<NaiveDate>, Option<NaiveDate>),
    #[prop(into)] value: Signal<Option<NaiveDate>>,
    /// None: the field was emptied.
    choose: Callback<Option<NaiveDate>>,
) -> impl IntoView {
    let shown = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    // While a day is typed the field is empty; who leaves it so sees what holds.
    let left = move |event: leptos::ev::FocusEvent| {
        event_target::<web_sys::HtmlInputElement>(&event)
            .set_value(&shown(value.get_untracked()).unwrap_or_default());
    };
    view! {
        <Described id=id label=label hint=Signal::default() wrong=Wrong::default()>
            <input
                id=id
                name=id
                type="date"
                min=shown(within.0)
                max=shown(within.1)
                prop:value=move || shown(value.get()).unwrap_or_default()
                on:input=move |event| choose.run(event_target_value(&event).parse().ok())
                on:blur=left
            />
        </Described>
    }
}

/// From how few characters left on their number is said.
const NEARLY_FULL: usize = 100;

/// Several lines to type, no more of them than an entry takes.
#[component]
pub fn Note(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(optional, into)] wrong: Wrong,
    value: RwSignal<String>,
    #[prop(optional, into)] changed: Option<Callback<()>>,
    #[prop(default = 2)] rows: u8,
    /// In characters.
    #[prop(default = PROSE)]
    longest: usize,
) -> impl IntoView {
    // Counted as the browser counts when it stops.
    let left = Memo::new(move |_| longest.saturating_sub(value.read().encode_utf16().count()));
    let room =
        move || (left.get() < NEARLY_FULL).then(|| say_with("field.room", &[("n", &left.get().to_string())]));
    view! {
        <Described id=id label=label hint=hint wrong=wrong>
            <textarea
                id=id
                name=id
                rows=rows.to_string()
                maxlength=longest.to_string()
                aria-invalid=move || wrong.read().is_some().then_some("true")
                aria-describedby=format!("{id}-hint {id}-wrong")
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    if let Some(changed) = changed {
                        changed.run(());
                    }
                }
            ></textarea>
            <p class="hint room" role="status">{room}</p>
        </Described>
    }
}

/// What stands around a control: its label, the hint, what is wrong.
#[component]
fn Described(
    id: &'static str,
    label: Signal<String>,
    hint: Signal<String>,
    wrong: Wrong,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field" class:wrong=move || wrong.read().is_some()>
            <label for=id>{label}</label>
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            <p class="error" id=format!("{id}-wrong")>{wrong}</p>
            {children()}
        </div>
    }
}

/// The sentence of a problem: `problem.FIELD.CODE`, else `problem.CODE`, else the plain code so that
/// it can be read out to somebody who knows.
pub fn sentence(problem: &Problem) -> String {
    find(&format!("problem.{}.{}", problem.field, problem.code))
        .or_else(|| find(&format!("problem.{}", problem.code)))
        .map_or_else(|| format!("{} {}", say("problem.other"), problem.code), str::to_owned)
}

/// What keeps a form from being taken, on top of it; each line leads to its field, whose element has
/// the problem's field as id.
#[component]
pub fn ProblemSummary(
    #[prop(into)] problems: Signal<Vec<Problem>>,
    /// Leads there instead, where a field is not on the page yet.
    #[prop(optional, into)]
    lead: Option<Callback<Problem>>,
) -> impl IntoView {
    let lines = move || {
        problems
            .get()
            .iter()
            .map(|problem| {
                let to = problem.clone();
                let go = move |event: leptos::ev::MouseEvent| {
                    if let Some(lead) = lead {
                        event.prevent_default();
                        lead.run(to.clone());
                    }
                };
                view! { <li><a href=format!("#{}", problem.field) on:click=go>{sentence(problem)}</a></li> }
            })
            .collect_view()
    };
    view! {
        <Show when=move || !problems.read().is_empty()>
            <div class="problem-summary" role="alert" tabindex="-1">
                <h2>{say("problem.title")}</h2>
                <ul>{lines}</ul>
            </div>
        </Show>
    }
}
