use actix_web::HttpResponse;
use futures_util::stream;
use sessions_runtime::with_sessions;

#[with_sessions]
async fn handler() -> HttpResponse {
    let line = async { Ok::<_, std::io::Error>(session.name().to_owned().into()) };
    HttpResponse::Ok().streaming(stream::once(line))
}

fn main() {}
