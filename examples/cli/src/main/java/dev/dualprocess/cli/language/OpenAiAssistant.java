package dev.dualprocess.cli.language;

import com.google.common.util.concurrent.RateLimiter;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import dev.dualprocess.config.Secrets;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.AssistantException;
import dev.dualprocess.tensor.Torch;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;

/**
 * A model behind an OpenAI-compatible endpoint, through OpenAI's own client, which retries with a
 * back-off. Thread-safe.
 */
public final class OpenAiAssistant implements Assistant {
  private final String model;
  private final Endpoint endpoint;
  private final OpenAIClient client;
  private final Optional<RateLimiter> limiter;

  /** A model of that name. */
  public OpenAiAssistant(String model, Endpoint endpoint) {
    this.model = model;
    this.endpoint = endpoint;
    this.client =
        OpenAIOkHttpClient.builder()
            .apiKey(endpoint.apiKey())
            .baseUrl(endpoint.baseUrl())
            .timeout(endpoint.timeout())
            .maxRetries(endpoint.retries())
            .build();
    this.limiter =
        endpoint.requestsPerMinute() > 0
            ? Optional.of(RateLimiter.create(endpoint.requestsPerMinute() / 60))
            : Optional.empty();
  }

  @Override
  public String name() {
    return model;
  }

  @Override
  public Reply reply(Request request) {
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder()
            .model(model)
            .addUserMessageOfArrayOfContentParts(parts(request))
            .maxCompletionTokens(request.maxTokens())
            .temperature(request.temperature())
            .build();
    limiter.ifPresent(RateLimiter::acquire);
    try {
      ChatCompletion completion = client.chat().completions().create(params);
      String text =
          completion.choices().stream()
              .findFirst()
              .flatMap(choice -> choice.message().content())
              .orElse("");
      Optional<CompletionUsage> usage = completion.usage();
      return new Reply(
          text,
          usage.map(CompletionUsage::promptTokens).orElse(0L),
          usage.map(CompletionUsage::completionTokens).orElse(0L));
    } catch (OpenAIInvalidDataException e) {
      // The server answered, but not in the form agreed upon: as bad as words that say nothing.
      return new Reply("", 0, 0);
    } catch (OpenAIException e) {
      throw new AssistantException(
          "%s at %s does not answer: %s".formatted(model, endpoint, told(e)), e);
    }
  }

  /** One line, without the key even where a server repeats it. */
  private String told(OpenAIException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String own = Torch.message(e);
    String behind = Torch.message(deepest);
    String both = deepest == e || own.contains(behind) ? own : own + " (" + behind + ")";
    return Secrets.masked(both);
  }

  private static List<ChatCompletionContentPart> parts(Request request) {
    List<ChatCompletionContentPart> parts = new ArrayList<>();
    request
        .image()
        .ifPresent(
            image ->
                parts.add(
                    ChatCompletionContentPart.ofImageUrl(
                        ChatCompletionContentPartImage.builder()
                            .imageUrl(
                                ChatCompletionContentPartImage.ImageUrl.builder()
                                    .url("data:image/png;base64," + png(image))
                                    .build())
                            .build())));
    parts.add(
        ChatCompletionContentPart.ofText(
            ChatCompletionContentPartText.builder().text(request.text()).build()));
    return parts;
  }

  private static String png(BufferedImage image) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      ImageIO.write(Pixels.opaque(image), "png", bytes);
      return Base64.getEncoder().encodeToString(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
