/**
 * Reading the JSON files that stand beside a model's weights into records of the same field names.
 */
package dev.dualprocess.config;
