//! `SessionMiddleware`: saves for handlers without the attribute, and wherever a middleware replaces responses.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::{Pin, pin};
use std::rc::Rc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};

use super::attached;
use crate::error::SessionError;
use crate::store::{self, End};

/// Opens the request's store before everything inside it, and saves after.
///
/// Handlers with `#[with_sessions]` save for themselves. This middleware is for those without, and belongs outermost
/// (the last `wrap`) wherever another middleware replaces responses: the status it sees decides what is saved, and the
/// cookie goes onto the final response. Where it is installed, handlers leave the saving to it.
///
/// An error that comes out of the inner middleware keeps its status and body, and gets the cookies too: a flash message
/// set before a 401 arrives.
///
/// # Examples
///
/// ```
/// use actix_web::{App, HttpResponse, web};
/// use sessions_runtime::{SecretKey, Session, SessionError, SessionMiddleware, Sessions};
///
/// # fn main() -> Result<(), SessionError> {
/// let sessions = Sessions::builder()
///     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
///     .build()?;
/// let app = App::new()
///     .app_data(sessions)
///     .route("/", web::get().to(|session: Session| async move {
///         session.insert("seen", true)?;
///         Ok::<_, SessionError>(HttpResponse::Ok().finish())
///     }))
///     .wrap(SessionMiddleware::new());
/// # let _ = app;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct SessionMiddleware {
    load: Rc<Vec<String>>,
    save_always: bool,
}

impl SessionMiddleware {
    /// A middleware that loads nothing by itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionMiddleware;
    /// let app = actix_web::App::new().wrap(SessionMiddleware::new());
    /// # let _ = app;
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Loads this session before routing, so that guards see it even if it lives on a server. May be repeated.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use sessions_runtime::testing::{Client, serve_app};
    /// # use sessions_runtime::{Memory, SecretKey, SessionError, SessionMiddleware, Sessions, SessionsExt};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let sessions = Sessions::builder()
    /// #     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
    /// #     .default_backend("memory").backend("memory", Memory::new()).skip_verification().build()?;
    /// # let server = serve_app(move ||
    /// App::new()
    ///     .app_data(sessions.clone())
    ///     .route("/", web::get().guard(actix_web::guard::fn_guard(|request| {
    ///         request.session_store().is_ok_and(|store| store.loaded_session("session").is_some())
    ///     })).to(|| async { "loaded" }))
    ///     .wrap(SessionMiddleware::new().load("session"))
    /// # );
    /// # assert_eq!(Client::new(&server).get("/").send().await.text(), "loaded");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn load(mut self, name: impl Into<String>) -> Self {
        Rc::make_mut(&mut self.load).push(name.into());
        self
    }

    /// Saves whatever the status of the response: also at 500 and above. A panic never saves.
    ///
    /// # Examples
    ///
    /// ```
    /// # use actix_web::{App, HttpResponse, web};
    /// # use sessions_runtime::testing::{Client, serve_app};
    /// # use sessions_runtime::{SecretKey, Session, SessionError, SessionMiddleware, Sessions};
    /// # #[actix_web::main] async fn main() -> Result<(), SessionError> {
    /// # let sessions = Sessions::builder()
    /// #     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?).skip_verification().build()?;
    /// # let server = serve_app(move ||
    /// App::new()
    ///     .app_data(sessions.clone())
    ///     .route("/", web::get().to(|session: Session| async move {
    ///         let tries = session.update("tries", |n: Option<u32>| n.unwrap_or(0) + 1)?;
    ///         Ok::<_, SessionError>(HttpResponse::BadGateway().body(tries.to_string()))
    ///     }))
    ///     .wrap(SessionMiddleware::new().save_always())
    /// # );
    /// # let browser = Client::new(&server);
    /// # assert_eq!(browser.get("/").send().await.text(), "1");
    /// # assert_eq!(browser.get("/").send().await.text(), "2");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn save_always(mut self) -> Self {
        self.save_always = true;
        self
    }
}

impl<S, B> Transform<S, ServiceRequest> for SessionMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = SessionMiddlewareService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(SessionMiddlewareService {
            service: Rc::new(service),
            settings: self.clone(),
        }))
    }
}

/// The service that [`SessionMiddleware`] makes of another.
///
/// # Examples
///
/// Made by [`SessionMiddleware`]; there is no need to name it.
pub struct SessionMiddlewareService<S> {
    service: Rc<S>,
    settings: SessionMiddleware,
}

impl<S> fmt::Debug for SessionMiddlewareService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionMiddlewareService")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl<S, B> Service<ServiceRequest> for SessionMiddlewareService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let service = self.service.clone();
        let SessionMiddleware { load, save_always } = self.settings.clone();
        Box::pin(async move {
            let opened = attached::take_ownership(
                attached::find_sessions(request.request()),
                request.head(),
                &mut request.extensions_mut(),
                true,
            );
            let (store, owner) = match opened {
                Ok(opened) => opened,
                Err(err) => {
                    tracing::error!(error = ?err, "sessions are not available");
                    return Ok(request.into_response(err.answer(false)).map_into_right_body());
                }
            };
            for name in load.iter() {
                if let Err(err) = store.get_session(name).await {
                    tracing::error!(error = ?err, "a session cannot be loaded");
                    return Ok(request.into_response(err.answer(true)).map_into_right_body());
                }
            }
            // No clone of the request is kept: routing needs the only one.
            match store.inside(pin!(service.call(request))).await {
                Ok(mut response) if owner => {
                    let save = save_always || response.status().as_u16() < 500;
                    let request = response.request().clone();
                    let closed = store
                        .close(End {
                            request: Some(&request),
                            save,
                            headers: response.headers_mut(),
                        })
                        .await;
                    drop(request);
                    Ok(match closed {
                        Ok(()) => response.map_into_left_body(),
                        Err(err) => response.into_response(failed(&err)).map_into_right_body(),
                    })
                }
                Err(err) if owner => {
                    let save = save_always || err.as_response_error().status_code().as_u16() < 500;
                    let mut headers = HeaderMap::new();
                    match store
                        .close(End {
                            request: None,
                            save,
                            headers: &mut headers,
                        })
                        .await
                    {
                        Ok(()) => Err(WithHeaders { inner: err, headers }.into()),
                        Err(err) => {
                            tracing::error!(error = ?err, "sessions cannot be saved");
                            Err(err.into())
                        }
                    }
                }
                Ok(response) => Ok(response.map_into_left_body()),
                Err(err) => Err(err),
            }
        })
    }
}

fn failed(err: &SessionError) -> HttpResponse {
    tracing::error!(error = ?err, "sessions cannot be saved");
    err.answer(false)
}

/// An error on its way out, with the headers its response gets. There is no request left here to make that response
/// with: actix-web does it, at the very end.
struct WithHeaders {
    inner: Error,
    headers: HeaderMap,
}

impl ResponseError for WithHeaders {
    fn status_code(&self) -> StatusCode {
        self.inner.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.inner.error_response();
        for (name, value) in &self.headers {
            // What the error's own answer says about caching wins, as a handler's does.
            if name == header::CACHE_CONTROL && response.headers().contains_key(name) {
                continue;
            }
            if name == header::SET_COOKIE {
                store::set_cookie(response.headers_mut(), value.clone());
            } else {
                response.headers_mut().append(name.clone(), value.clone());
            }
        }
        response
    }
}

impl fmt::Display for WithHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

impl fmt::Debug for WithHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.inner, f)
    }
}
