package dev.dualprocess.nn;

/**
 * The sizes by which a {@link LanguageModel} is read from a checkpoint.
 *
 * @param dim D, width of a token
 * @param inner width inside the MLP
 * @param layers number of layers
 * @param heads query heads
 * @param kvHeads key and value heads, each shared by a group of query heads
 * @param headDim width of a head
 * @param vocabulary rows of the embedding table and of the head
 * @param qkvBias whether queries, keys and values have biases
 * @param qkNorm whether every head's queries and keys are normed
 * @param eps of every norm
 * @param tied whether the head is the embedding table
 */
public record LanguageModelShape(
    long dim,
    long inner,
    int layers,
    long heads,
    long kvHeads,
    long headDim,
    long vocabulary,
    boolean qkvBias,
    boolean qkNorm,
    double eps,
    boolean tied) {
  /** Without norms of queries and keys. */
  public LanguageModelShape(
      long dim,
      long inner,
      int layers,
      long heads,
      long kvHeads,
      long headDim,
      long vocabulary,
      boolean qkvBias,
      double eps,
      boolean tied) {
    this(dim, inner, layers, heads, kvHeads, headDim, vocabulary, qkvBias, false, eps, tied);
  }
}
