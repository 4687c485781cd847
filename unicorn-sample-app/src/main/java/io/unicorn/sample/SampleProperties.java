package io.unicorn.sample;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configures the faults of the sample application.
 *
 * @param version the version that the application reports, by which tests distinguish
 * jars
 * @param chaos whether the {@code /chaos} requests exist
 * @param errors whether every request but those to {@code /actuator} is answered with
 * status 500
 * @param boot faults during start-up
 */
@ConfigurationProperties("sample")
public record SampleProperties(@DefaultValue("1") String version, @DefaultValue("false") boolean chaos,
		@DefaultValue("false") boolean errors, @DefaultValue Boot boot) {

	/**
	 * Faults during start-up.
	 *
	 * @param fail whether the context fails
	 * @param delay an extra delay of the start-up
	 * @param exitOnce a file: if it does not exist, it is created and the JVM halts with
	 * status 7, so that exactly one start fails
	 * @param failIfExists a file: while it exists, the context fails
	 * @param hangIfExists a file: while it exists, start-up does not end
	 * @param exitAfter the time after readiness at which the JVM halts with status 7
	 */
	public record Boot(@DefaultValue("false") boolean fail, @DefaultValue("0s") Duration delay, @Nullable Path exitOnce,
			@Nullable Path failIfExists, @Nullable Path hangIfExists, @Nullable Duration exitAfter) {
	}

}
