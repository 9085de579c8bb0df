/**
 * Two verifiers of one's own, as small as they can be: one in plain Java arithmetic, one as an
 * expression of libtorch. Both are found by ServiceLoader and used as {@code --verifier brightness}
 * and {@code --verifier warmth}.
 */
package dev.dualprocess.plugins;
