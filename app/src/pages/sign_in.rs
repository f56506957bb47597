//! Signing in: number and password, a password of one's own instead of the one-time one, and an
//! unlock code for those whose phone holds children. One step a screen; each asks one thing.

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

    async fn sign_in(self, done: impl Fn()) -> Result<(), SessionError> {
        let (number, password) = (self.number.get_untracked(), self.password.get_untracked());
        let who = session::sign_in(self.phone, number.trim(), &password).await?;
        self.invited.set(None);
        let must_change = who.must_change_password;
        self.who.set(Some(who));
        if must_change {
            self.step.set(Step::OwnPassword);
            return Ok(());
        }
        self.after_password(done).await
    }

    async fn choose_password(self, done: impl Fn()) -> Result<(), SessionError> {
        let own = self.own.get_untracked();
        session::change_password(&self.password.get_untracked(), &own).await?;
        self.after_password(done).await
    }

    /// The password was right: on with the work, or first an unlock code.
    async fn after_password(self, done: impl Fn()) -> Result<(), SessionError> {
        let Some(who) = self.who.get_untracked() else { return Ok(()) };
        let same = self.phone.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.user == who.actor.user));
        if same && self.phone.stage.get_untracked() == Stage::Open {
            session::go_on(self.phone).await?;
            done();
            return Ok(());
        }
        let (holder, raw) = match session::data_key(self.phone, &who).await {
            Err(SessionError::Local(LocalError::Sealed)) => {
                self.step.set(Step::OldKey);
                return Ok(());
            }
            key => key?,
        };
        let forgot = self.phone.holder.with_untracked(|h| h.as_ref().is_some_and(|h| h.user == holder.user));
        if session::asks_code(&who.actor) && (forgot || !holder.code_counts()) {
            self.step.set(Step::Code);
            return Ok(());
        }
        session::settle_in(self.phone, who.actor, holder, raw, None).await?;
        done();
        Ok(())
    }

    async fn open_old(self, done: impl Fn()) -> Result<(), SessionError> {
        let who = self.who.get_untracked();
        session::unlock(self.phone, &self.code.get_untracked(), who.as_ref()).await?;
        done();
        Ok(())
    }

    async fn begin_anew(self, done: impl Fn()) -> Result<(), SessionError> {
        session::begin_anew(self.phone).await?;
        self.code.set(String::new());
        self.after_password(done).await
    }

    async fn choose_code(self, done: impl Fn()) -> Result<(), SessionError> {
        let Some(who) = self.who.get_untracked() else { return Ok(()) };
        let code = self.code.get_untracked();
        let (holder, raw) = session::data_key(self.phone, &who).await?;
        session::settle_in(self.phone, who.actor, holder, raw, Some(&code)).await?;
        done();
        Ok(())
    }
}

/// Six digits, and not the first ones anybody would try.
pub(crate) fn code_is_weak(code: &str) -> bool {
    let digits: Vec<i16> = code.bytes().map(i16::from).collect();
    let steps: Vec<i16> = digits.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
    let first = steps.first();
    steps.iter().all(|step| Some(step) == first) && first.is_some_and(|step| step.abs() <= 1)
}

/// What is wrong with a new code typed twice.
pub(crate) fn code_problem(code: &str, again: &str) -> Option<&'static str> {
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        Some("unlock.six_digits")
    } else if code_is_weak(code) {
        Some("unlock.weak")
    } else if code != again {
        Some("unlock.differs")
    } else {
        None
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
                Step::OwnPassword => view! { <OwnPassword form=form done=done /> }.into_any(),
                Step::OldKey => view! { <OldKey form=form done=done /> }.into_any(),
                Step::Code => view! { <Code form=form done=done /> }.into_any(),
            }}
        </main>
    }
}

#[component]
fn Password(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || form.attempt(async move { form.sign_in(move || done.run(())).await });
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

#[component]
fn OwnPassword(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || form.attempt(async move { form.choose_password(move || done.run(())).await });
    view! {
        <StepForm submit=submit>
            <h1>{say("sign_in.own_title")}</h1>
            <p class="pad">{say("sign_in.own_why")}</p>
            <Wrong wrong=form.wrong />
            <Field
                id="new"
                label=say("sign_in.own")
                hint=say("sign_in.own_hint")
                input=Input::NewPassword
                value=form.own
            />
            <SubmitBar label=say("sign_in.own_go") busy=form.busy />
        </StepForm>
    }
}

#[component]
fn Code(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || {
        let (code, again) = (form.code.get_untracked(), form.again.get_untracked());
        match code_problem(&code, &again) {
            Some(key) => form.wrong.set(Some(say(key).to_owned())),
            None => form.attempt(async move { form.choose_code(move || done.run(())).await }),
        }
    };
    view! {
        <StepForm submit=submit>
            <h1>{say("unlock.choose")}</h1>
            <p class="pad">{say("unlock.why")}</p>
            <Wrong wrong=form.wrong />
            <Field
                id="code"
                label=say("unlock.code")
                hint=say("unlock.hint")
                input=Input::Code
                value=form.code
            />
            <Field id="again" label=say("unlock.again") input=Input::Code value=form.again />
            <SubmitBar label=say("unlock.set") busy=form.busy />
        </StepForm>
    }
}

#[component]
fn OldKey(form: SigningIn, done: Callback<()>) -> impl IntoView {
    let submit = move || form.attempt(async move { form.open_old(move || done.run(())).await });
    let anew = move || form.attempt(async move { form.begin_anew(move || done.run(())).await });
    let holder = form.phone.holder.get_untracked();
    let unsent = holder.as_ref().map_or(0, |h| h.unsent);
    let has_code = holder.is_some_and(|h| h.code_counts());
    view! {
        <StepForm submit=submit>
            <h1>{say("old_key.title")}</h1>
            <Wrong wrong=form.wrong />
            {has_code
                .then(|| {
                    view! {
                        <p class="pad">{say("old_key.why")}</p>
                        <Field id="code" label=say("unlock.code") input=Input::Code value=form.code />
                        <SubmitBar label=say("old_key.open") busy=form.busy />
                    }
                })}
        </StepForm>
        {if unsent == 0 {
            view! {
                <p class="pad hint">{say("old_key.anew_why")}</p>
                <p class="links">
                    <button type="button" class="link" on:click=move |_| anew()>{say("old_key.anew")}</button>
                </p>
            }
                .into_any()
        } else {
            view! { <p class="pad hint">{say_with("old_key.unsent", &[("n", &unsent.to_string())])}</p> }.into_any()
        }}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_guessed_first_are_not_taken() {
        for (code, again, expect) in [
            ("12345", "12345", Some("unlock.six_digits")),
            ("12a456", "12a456", Some("unlock.six_digits")),
            ("111111", "111111", Some("unlock.weak")),
            ("123456", "123456", Some("unlock.weak")),
            ("987654", "987654", Some("unlock.weak")),
            ("246802", "246801", Some("unlock.differs")),
            ("246802", "246802", None),
        ] {
            assert_eq!(code_problem(code, again), expect, "{code}");
        }
    }
}
