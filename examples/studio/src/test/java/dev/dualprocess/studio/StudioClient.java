package dev.dualprocess.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Predicate;

/** Asks a studio as its page does. */
final class StudioClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int PATIENCE = 600; // tenths of a second

  private final HttpClient http = HttpClient.newHttpClient();
  private final String address;

  StudioClient(String address) {
    this.address = address.replaceAll("/$", "");
  }

  /** A request to be made, with headers as a test wants them. */
  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(address + path));
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return read(send(to(path)));
  }

  byte[] bytes(String path) throws IOException, InterruptedException {
    return send(to(path)).body();
  }

  JsonNode post(String path, Object json) throws IOException, InterruptedException {
    return read(send(to(path).POST(BodyPublishers.ofByteArray(MAPPER.writeValueAsBytes(json)))));
  }

  byte[] bytesOf(String path, Object json) throws IOException, InterruptedException {
    return send(to(path).POST(BodyPublishers.ofByteArray(MAPPER.writeValueAsBytes(json)))).body();
  }

  JsonNode post(String path, byte[] body) throws IOException, InterruptedException {
    return read(send(to(path).POST(BodyPublishers.ofByteArray(body))));
  }

  static JsonNode read(HttpResponse<byte[]> response) throws IOException {
    return MAPPER.readTree(response.body());
  }

  /** Asks again and again until it is so. */
  JsonNode until(String path, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
    JsonNode last = get(path);
    for (int i = 0; i < PATIENCE && !wanted.test(last); i++) {
      Thread.sleep(100);
      last = get(path);
    }
    if (!wanted.test(last)) {
      throw new AssertionError("it never came: " + last);
    }
    return last;
  }

  /** The job when it is in that state. */
  JsonNode until(String job, String state) throws IOException, InterruptedException {
    return until("/api/jobs/" + job, json -> json.path("state").asText().equals(state));
  }
}
