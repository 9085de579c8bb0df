package dev.dualprocess.cli.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/** An OpenAI-compatible server on loopback whose answers, and failures, a test decides. */
public final class LoopbackServer implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** With which OpenAI's client says how often it has tried already. */
  private static final String RETRIES = "X-stainless-retry-count";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final BiFunction<Asked, Integer, Answer> answers;

  /**
   * One request.
   *
   * @param text of the user's message
   * @param hasImage whether a PNG came with it
   * @param body all of it
   * @param authorization header
   * @param retry how often the client has sent it before
   */
  public record Asked(
      String text, boolean hasImage, JsonNode body, String authorization, int retry) {}

  /** What comes back: a status and a body, after a pause. */
  public record Answer(int status, String body, long pauseMillis) {
    /** A completion with that text. */
    public static Answer saying(String content) {
      ObjectNode completion = MAPPER.createObjectNode();
      completion.put("id", "1").put("object", "chat.completion").put("created", 1);
      completion.put("model", "fake");
      ObjectNode choice = completion.putArray("choices").addObject();
      choice.put("index", 0).put("finish_reason", "stop");
      choice.putObject("message").put("role", "assistant").put("content", content);
      completion
          .putObject("usage")
          .put("prompt_tokens", 20)
          .put("completion_tokens", 5)
          .put("total_tokens", 25);
      return new Answer(200, completion.toString(), 0);
    }

    /** A failure. */
    public static Answer failing(int status) {
      return new Answer(status, "{\"error\": {\"message\": \"failing as told\"}}", 0);
    }

    /** The same after a pause. */
    public Answer after(long millis) {
      return new Answer(status, body, millis);
    }
  }

  /**
   * Starts it.
   *
   * @param answers to a request, by it and by how many came before it
   */
  public LoopbackServer(BiFunction<Asked, Integer, Answer> answers) throws IOException {
    this.answers = answers;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = MAPPER.readTree(exchange.getRequestBody());
      StringBuilder text = new StringBuilder();
      boolean image = false;
      for (JsonNode part : body.at("/messages/0/content")) {
        text.append(part.path("text").asText(""));
        image |= part.at("/image_url/url").asText("").startsWith("data:image/png;base64,iVBOR");
      }
      Asked request =
          new Asked(
              text.toString(),
              image,
              body,
              exchange.getRequestHeaders().getFirst("Authorization"),
              Integer.parseInt(
                  exchange.getRequestHeaders().getOrDefault(RETRIES, List.of("0")).get(0)));
      int before;
      synchronized (asked) {
        before = asked.size();
        asked.add(request);
      }
      Answer answer = answers.apply(request, before);
      Thread.sleep(answer.pauseMillis());
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Its address. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** Every request so far. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
