package dev.dualprocess.cli.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * What the studio's server has, asked past its page.
 *
 * @param address of the server
 */
record StudioHttp(String address) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int PATIENCE = 600; // twentieths of a second

  private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
    byte[] body = response.body();
    if (response.statusCode() >= 300) {
      throw new IOException(
          "%s: %d %s"
              .formatted(
                  response.uri(), response.statusCode(), new String(body, StandardCharsets.UTF_8)));
    }
    return body;
  }

  byte[] bytes(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(address + path)));
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return MAPPER.readTree(bytes(path));
  }

  byte[] post(String path, Object json) throws IOException, InterruptedException {
    byte[] body = json instanceof byte[] raw ? raw : MAPPER.writeValueAsBytes(json);
    return send(
        HttpRequest.newBuilder(URI.create(address + path)).POST(BodyPublishers.ofByteArray(body)));
  }

  void delete(String path) throws IOException, InterruptedException {
    send(HttpRequest.newBuilder(URI.create(address + path)).DELETE());
  }

  JsonNode posted(String path, Object json) throws IOException, InterruptedException {
    return MAPPER.readTree(post(path, json));
  }

  /** Asks until it is so. */
  JsonNode until(String path, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
    JsonNode last = get(path);
    for (int i = 0; i < PATIENCE && !wanted.test(last); i++) {
      Thread.sleep(50);
      last = get(path);
    }
    if (!wanted.test(last)) {
      throw new AssertionError("it never came: " + last);
    }
    return last;
  }

  /** Begins a job with a plan of that many steps. */
  String begin(JsonNode plan, int steps, String name) throws IOException, InterruptedException {
    JsonNode asked = MAPPER.valueToTree(Map.of("plan", Plans.of(plan, steps), "name", name));
    return posted("/api/jobs", asked).path("id").asText();
  }

  JsonNode job(String id, String state) throws IOException, InterruptedException {
    return until("/api/jobs/" + id, job -> job.path("state").asText().equals(state));
  }

  /** A plan's picture of its first prompt, with some LoRAs. */
  byte[] picture(JsonNode plan, long seed, List<String> loras)
      throws IOException, InterruptedException {
    JsonNode sampling = plan.at("/settings/sampling");
    StringBuilder query =
        new StringBuilder(
            "/api/picture?generator=%s&prompt=%s&seed=%d&width=%s&height=%s&steps=%s&guidance=%s"
                .formatted(
                    plan.at("/generator/id").asText(),
                    URLEncoder.encode(plan.path("prompt").asText(), StandardCharsets.UTF_8),
                    seed,
                    sampling.at("/size/width"),
                    sampling.at("/size/height"),
                    sampling.path("numInferenceSteps"),
                    sampling.path("guidanceScale")));
    loras.forEach(lora -> query.append("&lora=").append(lora));
    return bytes(query.toString());
  }

  /** A picture's pixels, row by row, as 0xRRGGBB. */
  static List<Integer> pixels(byte[] file) throws IOException {
    return pixels(ImageIO.read(new ByteArrayInputStream(file)));
  }

  static List<Integer> pixels(BufferedImage picture) {
    int width = picture.getWidth();
    int[] rgb = picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
    return IntStream.of(rgb).map(pixel -> pixel & 0xffffff).boxed().toList();
  }
}
