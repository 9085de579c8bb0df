package dev.dualprocess.language;

import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.VqaVerifier;

/** A vision-language model on this machine as an assistant, by free answers. */
public final class VlmAssistant implements Assistant {
  /** What a second attempt is drawn at: the most probable answer would be the same again. */
  private static final double TEMPERATURE_AGAIN = 0.7;

  private final VqaVerifier verifier;

  /** On a verifier that stays the caller's. */
  public VlmAssistant(VqaVerifier verifier) {
    this.verifier = verifier;
  }

  @Override
  public String name() {
    return verifier.name();
  }

  @Override
  public Reply reply(Request request) {
    double temperature =
        request.attempt() == 0
            ? request.temperature()
            : Math.max(TEMPERATURE_AGAIN, request.temperature());
    Decoding decoding =
        Decoding.greedy(request.maxTokens()).withTemperature(temperature, request.attempt());
    VqaVerifier.Answer answer = verifier.answer(request.image(), request.text(), decoding);
    return new Reply(answer.text(), answer.promptTokens(), answer.newTokens());
  }

  @Override
  public void close() {
    // The verifier is not this one's.
  }
}
