package dev.dualprocess.hub;

import dev.dualprocess.hub.LoopbackServer.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The hub on loopback: one repository, a page of its list at a time, contents with Range. A trick
 * may answer first, in any wrong way.
 */
final class FakeHub implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

  /** Answers a request, if it feels like it. */
  interface Trick {
    Trick NONE = (request, out) -> false;

    /** Whether it has answered. */
    boolean answer(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  private final FakeRepo repo;
  private final Trick trick;
  private final int page;
  private final LoopbackServer server;

  FakeHub(FakeRepo repo) throws IOException {
    this(repo, Trick.NONE);
  }

  FakeHub(FakeRepo repo, Trick trick) throws IOException {
    this(repo, trick, 1000);
  }

  FakeHub(FakeRepo repo, Trick trick, int page) throws IOException {
    this.repo = repo;
    this.trick = trick;
    this.page = page;
    server = new LoopbackServer(this::answer);
  }

  URI address() {
    return server.address();
  }

  List<Request> requests() {
    return server.requests();
  }

  /** Those that asked for the content of that path. */
  List<Request> requests(String path) {
    return requests().stream().filter(r -> r.target().endsWith("/" + path)).toList();
  }

  private void answer(Request request, OutputStream out) throws IOException, InterruptedException {
    if (trick.answer(request, out)) {
      return;
    }
    String target = request.target();
    String api = "/api/models/" + FakeRepo.ID;
    String resolve = "/" + FakeRepo.ID + "/resolve/" + FakeRepo.COMMIT + "/";
    if (target.startsWith(api + "/revision/")) {
      LoopbackServer.text(out, 200, "{\"sha\": \"" + FakeRepo.COMMIT + "\"}");
    } else if (target.startsWith(api + "/tree/" + FakeRepo.COMMIT)) {
      list(target, out);
    } else if (target.startsWith(resolve) && repo.has(decoded(target, resolve))) {
      content(request, repo.content(decoded(target, resolve)), out);
    } else {
      LoopbackServer.text(out, 404, "{}", "X-Error-Code: RepoNotFound");
    }
  }

  private static String decoded(String target, String resolve) {
    return URLDecoder.decode(target.substring(resolve.length()), StandardCharsets.UTF_8);
  }

  private void list(String target, OutputStream out) throws IOException {
    Matcher cursor = Pattern.compile("cursor=(\\d+)").matcher(target);
    int from = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
    List<RepoFile> files = repo.files();
    int to = Math.min(from + page, files.size());
    String body =
        files.subList(from, to).stream().map(FakeHub::entry).collect(Collectors.joining(","));
    String next = address() + target.replaceFirst("&cursor=.*", "") + "&cursor=" + to;
    String[] link =
        to < files.size() ? new String[] {"Link: <" + next + ">; rel=\"next\""} : new String[0];
    LoopbackServer.text(
        out, 200, "[{\"type\": \"directory\", \"path\": \"x\"}," + body + "]", link);
  }

  static String entry(RepoFile file) {
    String large =
        file.sha256()
            .map(sum -> ", \"lfs\": {\"oid\": \"%s\", \"size\": %d}".formatted(sum, file.size()))
            .orElse("");
    return "{\"type\": \"file\", \"path\": \"%s\", \"size\": %d, \"oid\": \"%s\"%s}"
        .formatted(file.path(), file.size(), file.oid(), large);
  }

  /** As the hub does it: from where Range says. */
  static void content(Request request, byte[] content, OutputStream out) throws IOException {
    Matcher range = RANGE.matcher(request.header("Range"));
    if (range.matches()) {
      int from = Integer.parseInt(range.group(1));
      String told =
          "Content-Range: bytes %d-%d/%d".formatted(from, content.length - 1, content.length);
      LoopbackServer.head(out, 206, content.length - from, told);
      out.write(content, from, content.length - from);
    } else {
      LoopbackServer.head(out, 200, content.length);
      out.write(content);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
