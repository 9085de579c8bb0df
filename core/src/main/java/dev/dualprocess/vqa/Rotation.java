package dev.dualprocess.vqa;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.PreparedPrompt.Ropes;
import java.util.function.IntUnaryOperator;

/**
 * How the positions of tokens turn the queries and keys of a language model: frequency f turns by
 * at(axis of f, token) · theta^(-2f / headDim).
 *
 * @param headDim width of a head
 * @param theta base of the frequencies
 * @param axisOf the axis on which frequency f counts
 */
public record Rotation(long headDim, double theta, IntUnaryOperator axisOf) {
  /** Every frequency counts on the one axis there is. */
  public static Rotation plain(long headDim, double theta) {
    return new Rotation(headDim, theta, f -> 0);
  }

  /** The rotary embeddings of a prompt whose tokens stand at {@code positions}. */
  Ropes ropes(Positions positions, Placement placement) {
    return (first, end) -> rope(positions, first, end, placement);
  }

  /**
   * The rotary embedding of the tokens from {@code first} to before {@code end}; cos and sin fp32
   * [tokens, headDim].
   */
  public RotaryEmbedding rope(Positions positions, int first, int end, Placement placement) {
    float[] frequencies = Ops.toFloats(RotaryEmbedding.inverseFrequencies(headDim, theta));
    float[] angles = new float[(end - first) * frequencies.length];
    for (int f = 0; f < frequencies.length; f++) {
      int axis = axisOf.applyAsInt(f);
      for (int i = first; i < end; i++) {
        angles[(i - first) * frequencies.length + f] = positions.at(axis, i) * frequencies[f];
      }
    }
    return RotaryEmbedding.ofAngles(
        placement.placeFloat32(Ops.floats(angles, end - first, frequencies.length)));
  }
}
