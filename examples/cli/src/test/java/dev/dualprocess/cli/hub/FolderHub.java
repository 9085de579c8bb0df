package dev.dualprocess.cli.hub;

import com.google.common.hash.Hashing;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A folder as a repository of a hub on loopback. */
public final class FolderHub implements AutoCloseable {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private static final int PIECE = 1 << 15;

  private final String id;
  private final Path folder;
  private final HttpServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private boolean slow;

  /** Serves that folder under that id. */
  public FolderHub(String id, Path folder) throws IOException {
    this.id = id;
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "folder-hub");
              thread.setDaemon(true);
              return thread;
            }));
    server.start();
  }

  /** Its address. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Sends in small pieces from now on, with pauses. */
  public FolderHub slowly() {
    slow = true;
    return this;
  }

  /** The paths that were asked for. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    String content = "/" + id + "/resolve/" + COMMIT + "/";
    if (path.startsWith("/api/models/" + id + "/revision/")) {
      send(exchange, ("{\"sha\": \"" + COMMIT + "\"}").getBytes(StandardCharsets.UTF_8));
    } else if (path.startsWith("/api/models/" + id + "/tree/")) {
      send(exchange, list().getBytes(StandardCharsets.UTF_8));
    } else if (path.startsWith(content)) {
      send(exchange, Files.readAllBytes(folder.resolve(path.substring(content.length()))));
    } else {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
    }
  }

  private void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    for (int at = 0; at < body.length; at += PIECE) {
      exchange.getResponseBody().write(body, at, Math.min(PIECE, body.length - at));
      if (slow) {
        exchange.getResponseBody().flush();
        Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(10));
      }
    }
    exchange.close();
  }

  private String list() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<String> entries =
          files.filter(Files::isRegularFile).sorted().map(this::entry).collect(Collectors.toList());
      return entries.toString();
    }
  }

  private String entry(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      String sha256 = Hashing.sha256().hashBytes(content).toString();
      return "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\",\"lfs\":{\"oid\":\"%s\",\"size\":%d}}"
          .formatted(
              folder.relativize(file).toString().replace('\\', '/'),
              content.length,
              "0".repeat(40),
              sha256,
              content.length);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
