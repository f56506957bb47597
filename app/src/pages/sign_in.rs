//! Signing in: number and password. What may come after them is `further`. One step a screen; each asks
//! one thing.

pub(crate) mod further;

use super::later;
use crate::api::ApiError;
use crate::browser;
use crate::local::LocalError;
use crate::phone::{Phone, Stage};
use crate::session::{self, SessionError, SignedIn};
use crate::ui::{Banner, Field, Input, Tone, go_back};
use crate::words::{find, say, say_with};
use domain::invitation::{self, Invitation};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The 账号条 whose code opened the app, until somebody has signed in with it.
#[derive(Clone, Copy)]
pub(crate) struct Invited(RwSignal<Option<Invitation>>);

impl Invited {
    /// Takes it out of the address, where it would stay in the browser's history. A browser inside another
    /// app keeps nothing: there it stays, for 在浏览器打开.
    pub(crate) fn provide(phone: Phone) {
        let invitation = Invitation::read(&browser::behind_address());
        let invitation = invitation.filter(|_| super::is_at(invitation::PATH) && !phone.unfit);
        if invitation.is_some() {
            browser::replace_address(invitation::PATH);
        }
        provide_context(Self(RwSignal::new(invitation)));
    }

    fn get() -> RwSignal<Option<Invitation>> {
        use_context().map_or_else(RwSignal::default, |Self(invitation)| invitation)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Password,
    OwnPassword,
    Code,
    /// The server was set up anew and opens this phone's key no longer: the unlock code does.
    OldKey,
}

/// Everything a sign-in gathers on its way.
#[derive(Clone, Copy)]
struct SigningIn {
    phone: Phone,
    step: RwSignal<Step>,
    number: RwSignal<String>,
    password: RwSignal<String>,
    own: RwSignal<String>,
    code: RwSignal<String>,
    again: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    who: RwSignal<Option<SignedIn>>,
    invited: RwSignal<Option<Invitation>>,
}

/// The sentence for what went wrong.
pub(crate) fn sentence(error: &SessionError) -> String {
    match error {
        SessionError::Local(LocalError::Sealed) => say("unlock.wrong").to_owned(),
        SessionError::Local(error) => say(error.key()).to_owned(),
        SessionError::Api(ApiError::NoSignal) => say("sign_in.no_signal").to_owned(),
        SessionError::Api(ApiError::Unreadable) => say("local.refused").to_owned(),
        SessionError::Api(ApiError::Told { status, told }) => match find(&format!("told.{}", told.code)) {
            Some(known) => known.to_owned(),
            None if *status >= 500 => say_with("error.5xx", &[("id", &told.request_id)]),
            None => told.message.clone(),
        },
    }
}

impl SigningIn {
    fn new(phone: Phone) -> Self {
        let invited = Invited::get();
        let (number, password) = match invited.get_untracked() {
            Some(Invitation { phone, password }) => (Some(phone), password),
            None => (phone.holder.with_untracked(|h| h.as_ref().map(|h| h.phone.clone())), String::new()),
        };
        Self {
            phone,
            step: RwSignal::new(Step::Password),
            number: RwSignal::new(number.unwrap_or_default()),
            password: RwSignal::new(password),
            own: RwSignal::default(),
            code: RwSignal::default(),
            again: RwSignal::default(),
            wrong: RwSignal::default(),
            busy: RwSignal::new(false),
            who: RwSignal::default(),
            invited,
        }
    }

    /// One thing at a time; what goes wrong is said, and nothing typed is lost.
    fn attempt(self, work: impl Future<Output = Result<(), SessionError>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.wrong.set(None);
        spawn_local(async move {
            let done = work.await;
            let _ = self.busy.try_set(false);
            if let Err(error) = done {
                let _ = self.wrong.try_set(Some(self.sentence(&error)));
            }
        });
    }

    /// A slip whose password is wrong was used, or another came after it; it is tried once.
    fn sentence(self, error: &SessionError) -> String {
        let SessionError::Api(ApiError::Told { told, .. }) = error else { return sentence(error) };
        let from_slip = self.invited.try_update(Option::take).flatten().is_some();
        if from_slip && told.code == "WRONG_PASSWORD" {
            self.password.set(String::new());
            return say("sign_in.slip_used").to_owned();
        }
        sentence(error)
    }

    async fn sign_in(self, done: Callback<()>) -> Result<(), SessionError> {
        let (number, password) = (self.number.get_untracked(), self.password.get_untracked());
        let who = session::sign_in(self.phone, number.trim(), &password).await?;
        self.invited.set(None);
        self.who.set(Some(who));
        further::after(self, done).await?.await
    }
}

/// Signing in.
#[component]
pub fn SignIn() -> impl IntoView {
    let phone = Phone::get();
    let form = SigningIn::new(phone);
    let again = phone.stage.get_untracked() == Stage::Open;
    let done = Callback::new(move |()| match super::is_at("/sign-in") {
        true if again => go_back(),
        // What lies before it may be another app's page.
        true => browser::replace_address("/"),
        false => {}
    });
    Effect::new(move || document().set_title(say("app.name")));
    view! {
        <main class="door">
            {move || match form.step.get() {
                Step::Password => view! { <Password form=form done=done /> }.into_any(),
                step => later(move || further::step(form, done, step)),
            }}
        </main>
    }
}

#[component]
fn Password(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || form.attempt(form.sign_in(done));
    if form.invited.with_untracked(Option::is_some) {
        submit();
    }
    view! {
        <StepForm submit=submit>
            <Masthead />
            {form.phone.unfit.then(|| view! { <Banner tone=Tone::Wait>{say("browser.unfit")}</Banner> })}
            <Wrong wrong=form.wrong />
            <Field id="phone" label=say("sign_in.phone") input=Input::Phone value=form.number />
            <Field id="password" label=say("sign_in.password") input=Input::Password value=form.password />
            <SubmitBar label=say("sign_in.go") busy=form.busy />
        </StepForm>
        <Waiting phone=form.phone />
        <p class="links">
            <a class="link" href="/ready">{say("ready.title")}</a>
        </p>
    }
}

/// One step: sent by its button, or by the keyboard.
#[component]
fn StepForm(submit: impl Fn() + 'static, children: Children) -> impl IntoView {
    view! {
        <form
            class="door-form"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            {children()}
        </form>
    }
}

#[component]
fn Masthead() -> impl IntoView {
    view! {
        <div class="masthead">
            <img src="/icons/icon.svg" alt="" width="72" height="72" />
            <h1>{say("app.name")}</h1>
            <p>{say("app.line")}</p>
        </div>
    }
}

/// What went wrong, where everybody looks first.
#[component]
pub(crate) fn Wrong(wrong: RwSignal<Option<String>>) -> impl IntoView {
    view! {
        <div role="alert" aria-live="assertive">
            <Show when=move || wrong.read().is_some()>
                <p class="wrong-line">{move || wrong.get()}</p>
            </Show>
        </div>
    }
}

/// The button that sends a form.
#[component]
pub(crate) fn SubmitBar(label: &'static str, busy: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="pad">
            <button type="submit" class="primary" aria-disabled=move || busy.get().then_some("true")>
                {move || if busy.get() { say("go.wait") } else { label }}
            </button>
        </div>
    }
}

/// Whose work still waits on this phone (ux 24).
#[component]
fn Waiting(phone: Phone) -> impl IntoView {
    let lines = RwSignal::new(Vec::new());
    spawn_local(async move {
        let Ok(keyring) = phone.keyring().await else { return };
        let waiting = keyring.people().await.unwrap_or_default().into_iter().filter(|p| p.unsent > 0);
        let words =
            |n: usize, who: &str| say_with("shared.other_unsent", &[("who", who), ("n", &n.to_string())]);
        let _ = lines.try_set(waiting.map(|p| words(p.unsent, &p.name)).collect());
    });
    move || {
        lines.get().into_iter().map(|line: String| view! { <p class="pad hint">{line}</p> }).collect_view()
    }
}
