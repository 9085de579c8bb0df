/**
 * What Idefics2 and Idefics3 (SmolVLM) share: the vision tower, the configuration of either half,
 * and a causal language model behind them ({@link dev.dualprocess.nn.LanguageModel}).
 */
package dev.dualprocess.idefics;
