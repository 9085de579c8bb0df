package dev.dualprocess.studio.web;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HandlerType;
import io.javalin.http.UnauthorizedResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may ask: pages of this server alone. A request must be addressed to this server by a name of
 * its own, which no other site can bring about by pointing its name here; must not come from the
 * page of another site; and, where the server listens beyond this machine, must bring the token.
 */
final class Guard {
  private static final String COOKIE = "dualprocess-studio";
  private static final Set<String> OF_THIS_MACHINE = Set.of("127.0.0.1", "localhost", "[::1]");

  private final String host;
  private final Optional<String> token;

  private Guard(String host, Optional<String> token) {
    this.host = host;
    this.token = token;
  }

  /** For a server at that address; with a new token unless that is of this machine alone. */
  static Guard of(String host) {
    return new Guard(host, isLoopback(host) ? Optional.empty() : Optional.of(newToken()));
  }

  static boolean isLoopback(String host) {
    return OF_THIS_MACHINE.contains(host) || host.equals("::1");
  }

  private static String newToken() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** The end of the address that people open: the token, where one is asked for. */
  String entrance() {
    return token.map(t -> "/?token=" + t).orElse("/");
  }

  /** Refuses whoever may not ask. */
  void check(Context request, int port) {
    requireOwnName(request, port);
    requireOwnPage(request);
    token.ifPresent(secret -> requireToken(request, secret));
  }

  private void requireOwnName(Context request, int port) {
    String named = Optional.ofNullable(request.header("Host")).orElse("").toLowerCase(Locale.ROOT);
    boolean own =
        named.endsWith(":" + port)
            && isOwn(named.substring(0, named.length() - (":" + port).length()));
    if (!own) {
      throw new ForbiddenResponse(
          "this studio is not reached by the name '" + printable(named) + "'");
    }
  }

  /** Beyond this machine, names of its own are addresses, which nobody can point elsewhere. */
  private boolean isOwn(String name) {
    if (token.isEmpty()) {
      return OF_THIS_MACHINE.contains(name);
    }
    return OF_THIS_MACHINE.contains(name)
        || name.equals(host.toLowerCase(Locale.ROOT))
        || name.matches("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+\\]");
  }

  private static void requireOwnPage(Context request) {
    String origin = request.header("Origin");
    String site = request.header("Sec-Fetch-Site");
    boolean reading = List.of(HandlerType.GET, HandlerType.HEAD).contains(request.method());
    boolean foreignOrigin = origin != null && !origin.equals("http://" + request.header("Host"));
    boolean foreignSite =
        site != null
            && !site.equals("same-origin")
            && !(site.equals("none") && reading)
            && !(reading
                && "navigate".equals(request.header("Sec-Fetch-Mode"))
                && request.path().equals("/"));
    if (foreignOrigin || foreignSite) {
      throw new ForbiddenResponse("this studio answers its own page alone");
    }
  }

  private static void requireToken(Context request, String secret) {
    String given = request.queryParam("token");
    if (request.path().equals("/") && given != null && same(given, secret)) {
      request.header("Set-Cookie", COOKIE + "=" + secret + "; Path=/; HttpOnly; SameSite=Strict");
      request.redirect("/");
      request.skipRemainingHandlers();
      return;
    }
    String brought = request.cookie(COOKIE);
    if (brought == null || !same(brought, secret)) {
      throw new UnauthorizedResponse(
          "open the address with the token that the studio printed when it was started");
    }
  }

  /** In a time that says nothing of where they differ. */
  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static String printable(String text) {
    String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.substring(0, Math.min(100, clean.length()));
  }
}
