package dev.dualprocess.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Requests to the hub. Redirects are followed here, because the token goes to the hub's own scheme,
 * host and port alone. A server that falls silent is left. Safe for several threads.
 */
final class Transport {
  private static final int REDIRECTS = 10;
  private static final Set<Integer> MOVED = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Set<Class<?>> WITHOUT_CHANGE =
      Set.of(
          LocalException.class,
          PassingException.class,
          ContentException.class,
          UnreachableException.class);
  private static final int LONGEST_UNWANTED = 1 << 20;

  private final HubSettings settings;
  private final Tuning tuning;
  private final HttpClient client;
  private volatile boolean reached;

  Transport(HubSettings settings, Tuning tuning) {
    this.settings = settings;
    this.tuning = tuning;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // a connection for each file that arrives
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(tuning.connect())
            .build();
  }

  /** Chooses where a body goes, having seen its status and headers. */
  interface Opening {
    Sink open(int status, HttpHeaders headers) throws IOException;
  }

  /**
   * An answer whose body has been taken.
   *
   * @param asked the address that gave it, after redirects
   */
  record Answer(URI asked, int status, HttpHeaders headers) {
    Optional<String> header(String name) {
      return headers.firstValue(name);
    }
  }

  /**
   * Gets that; a body of status 200 or 206 goes where {@code opening} says.
   *
   * @return an answer of any status that is neither a redirect nor to be tried again
   * @throws PassingException if it may succeed later
   */
  Answer get(URI first, Map<String, String> headers, Opening opening) throws IOException {
    if (settings.offline()) {
      throw new IOException("HF_HUB_OFFLINE is set: nothing is asked of " + settings.endpoint());
    }
    URI at = first;
    boolean trusted = true;
    for (int hop = 0; hop <= REDIRECTS; hop++) {
      trusted = trusted && sameOrigin(at);
      Answer answer = once(at, headers, trusted, opening);
      if (!MOVED.contains(answer.status())) {
        return accepted(answer);
      }
      at = next(at, answer);
    }
    throw new UnreachableException(
        "%s redirects more than %d times; see HF_ENDPOINT".formatted(first.getHost(), REDIRECTS));
  }

  /** What a store refuses that the hub sends to is asked of the hub again: its leave is short. */
  private Answer accepted(Answer answer) throws IOException {
    int status = answer.status();
    boolean elsewhere = !sameOrigin(answer.asked());
    if (PASSING.contains(status) || (elsewhere && status >= 400 && status != 416)) {
      String told = "%s answers %d".formatted(answer.asked().getHost(), answer.status());
      throw new PassingException(told, RetryAfter.of(answer.headers()));
    }
    return answer;
  }

  private URI next(URI at, Answer answer) throws IOException {
    try {
      URI next = at.resolve(answer.header("Location").filter(to -> !to.isBlank()).orElse("none:"));
      boolean safe = "https".equalsIgnoreCase(next.getScheme());
      boolean plain = "http".equalsIgnoreCase(next.getScheme());
      if (safe || (plain && !"https".equalsIgnoreCase(at.getScheme()))) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      // told below: it is shown neither here nor there, for it may carry a signature
    }
    throw new UnreachableException(
        at.getHost() + " redirects to an address that is not followed; see HF_ENDPOINT");
  }

  private boolean sameOrigin(URI at) {
    URI hub = settings.endpoint();
    return hub.getScheme().equalsIgnoreCase(at.getScheme())
        && hub.getHost().equalsIgnoreCase(at.getHost())
        && port(hub) == port(at);
  }

  private static int port(URI address) {
    boolean standard = address.getPort() == -1;
    return standard
        ? ("https".equalsIgnoreCase(address.getScheme()) ? 443 : 80)
        : address.getPort();
  }

  private Answer once(URI at, Map<String, String> headers, boolean trusted, Opening opening)
      throws IOException {
    try (WatchedBody body = new WatchedBody()) {
      HttpRequest request = request(at, headers, trusted);
      CompletableFuture<HttpResponse<Void>> reply =
          client.sendAsync(request, info -> opened(body, info, opening));
      HttpResponse<Void> response = await(reply, body, at);
      reached = true;
      return new Answer(at, response.statusCode(), response.headers());
    }
  }

  private HttpRequest request(URI at, Map<String, String> headers, boolean trusted) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .header("User-Agent", "dualprocess")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (trusted) {
      settings.token().ifPresent(token -> request.header("Authorization", token.header()));
    }
    return request.build();
  }

  private static WatchedBody opened(WatchedBody body, ResponseInfo info, Opening opening) {
    boolean wanted = info.statusCode() == 200 || info.statusCode() == 206;
    try {
      body.into(wanted ? opening.open(info.statusCode(), info.headers()) : unwanted());
    } catch (IOException | RuntimeException e) {
      body.into(
          bytes -> {
            throw new IOException(e.getMessage(), e);
          });
      body.onError(e);
    }
    return body;
  }

  private static Sink unwanted() {
    return new CollectedBody(LONGEST_UNWANTED);
  }

  private HttpResponse<Void> await(
      CompletableFuture<HttpResponse<Void>> reply, WatchedBody body, URI at) throws IOException {
    long tick = Math.max(1, Math.min(1000, tuning.stall().toMillis() / 4));
    while (true) {
      try {
        return reply.get(tick, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (body.silence().compareTo(tuning.stall()) > 0) {
          reply.cancel(true);
          long seconds = Math.max(1, tuning.stall().toSeconds());
          String told = "%s has sent nothing for %d s".formatted(at.getHost(), seconds);
          throw new PassingException(told, e);
        }
      } catch (InterruptedException e) {
        reply.cancel(true);
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the download was interrupted");
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause(), at);
      }
    }
  }

  /**
   * What went wrong here is told as it is; on the way, as something that may pass, unless there has
   * been no way from the start.
   */
  private IOException failure(Throwable cause, URI at) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (WITHOUT_CHANGE.contains(t.getClass())) {
        return (IOException) t;
      }
    }
    if (cause instanceof SSLHandshakeException) {
      return new UnreachableException(
          at.getHost() + ": no safe connection: " + cause.getMessage(), cause);
    }
    if (cause instanceof ConnectException && !reached) {
      return new UnreachableException(
          "%s: no connection; see to the network, and to HF_ENDPOINT if it is set"
              .formatted(at.getHost()),
          cause);
    }
    String why = cause.getMessage() == null ? "no connection" : cause.getMessage();
    return new PassingException(at.getHost() + ": " + why, cause);
  }
}
