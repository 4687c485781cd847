package io.unicorn.sample;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the sample may be told to do wrong.
 *
 * @param chaos whether the {@code /chaos} requests exist
 * @param boot faults during start-up
 */
@ConfigurationProperties("sample")
public record SampleProperties(@DefaultValue("false") boolean chaos, @DefaultValue Boot boot) {

	/**
	 * Faults during start-up.
	 *
	 * @param fail whether the context fails
	 * @param delay how long the start-up takes longer than it must
	 * @param exitOnce a file: if it does not exist, it is created and the JVM halts with
	 * status 7, so that exactly one start fails
	 * @param failIfExists a file: while it exists, the context fails
	 * @param hangIfExists a file: while it exists, start-up does not end
	 */
	public record Boot(@DefaultValue("false") boolean fail, @DefaultValue("0s") Duration delay, @Nullable Path exitOnce,
			@Nullable Path failIfExists, @Nullable Path hangIfExists) {
	}

}
