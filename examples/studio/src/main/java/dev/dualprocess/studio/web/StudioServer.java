package dev.dualprocess.studio.web;

import dev.dualprocess.config.OneLine;
import dev.dualprocess.config.Secrets;
import dev.dualprocess.tensor.Torch;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.staticfiles.Location;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: the page's files, the routes, and what every answer says to a browser. */
final class StudioServer implements AutoCloseable {
  /** The largest picture that is taken. */
  static final int MOST_BYTES = 20 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(StudioServer.class);
  private static final String PAGE = "/dev/dualprocess/studio/page";
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none';"
              + " form-action 'self'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin");

  private final Javalin javalin;
  private final Guard guard;
  private final String host;

  /** A part of the interface. */
  interface Routes {
    void add(JavalinConfig config);
  }

  StudioServer(String host, List<Routes> parts) {
    this.host = host;
    this.guard = Guard.of(host);
    this.javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.http.maxRequestSize = MOST_BYTES;
              config.staticFiles.add(PAGE, Location.CLASSPATH);
              config.routes.before(this::greet);
              parts.forEach(part -> part.add(config));
              failures(config);
            });
  }

  /**
   * Begins to listen.
   *
   * @return the address to open
   * @throws IOException in one line, if the port is taken
   */
  String start(int port) throws IOException {
    try {
      javalin.start(host, port);
    } catch (RuntimeException e) {
      throw new IOException(
          "cannot listen at %s port %d: %s".formatted(host, port, Torch.message(root(e))), e);
    }
    String shown = Guard.isLoopback(host) ? "127.0.0.1" : host;
    return "http://" + shown + ":" + javalin.port() + guard.entrance();
  }

  private static Throwable root(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private void greet(Context request) {
    HEADERS.forEach(request::header);
    request.header("Cache-Control", "no-cache");
    guard.check(request, javalin.port());
  }

  private static void failures(JavalinConfig config) {
    config.routes.exception(
        HttpResponseException.class, (e, ctx) -> tell(ctx, e.getStatus(), e.getMessage()));
    config.routes.exception(
        NoSuchElementException.class, (e, ctx) -> tell(ctx, 404, e.getMessage()));
    config.routes.exception(
        RejectedExecutionException.class, (e, ctx) -> tell(ctx, 503, e.getMessage()));
    config.routes.exception(Exception.class, StudioServer::failed);
  }

  /** A mistake of whoever asks is one line; anything else is in the log too. */
  private static void failed(Exception e, Context ctx) {
    boolean theirs =
        e instanceof IOException
            || e instanceof IllegalArgumentException
            || e instanceof IllegalStateException;
    if (!theirs) {
      LOG.warn("{} {}: {}", ctx.method(), ctx.path(), String.valueOf(e.getMessage()), e);
    }
    tell(ctx, theirs ? 400 : 500, Torch.message(e));
  }

  private static void tell(Context ctx, int status, @Nullable String message) {
    String line =
        OneLine.of(Secrets.masked(message == null || message.isBlank() ? "it failed" : message));
    ctx.status(status);
    Answer.json(ctx, Map.of("error", line));
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
