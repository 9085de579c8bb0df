/** What the tests of every module share: golden data, comparisons, contracts. */
package dev.dualprocess.testing;
