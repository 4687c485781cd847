package io.unicorn.boot.bootstrap;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Logs that the starter does nothing on a version of Spring Boot that is too old. Refers
 * to classes and methods that these versions have, too, and to no others of the starter.
 */
class BootVersionListener implements SpringApplicationRunListener {

	private static final Log logger = LogFactory.getLog(BootVersionListener.class);

	private static final int FIRST_SUPPORTED = 4;

	private static final AtomicBoolean logged = new AtomicBoolean();

	private final @Nullable String version;

	BootVersionListener() {
		this(SpringBootVersion.getVersion());
	}

	BootVersionListener(@Nullable String version) {
		this.version = version;
	}

	@Override
	public void contextPrepared(ConfigurableApplicationContext context) {
		if (isTooOld() && context.getEnvironment().getProperty("unicorn.enabled", Boolean.class, true)
				&& logged.compareAndSet(false, true)) {
			logger.warn("No worker pool: unicorn-spring-boot-starter needs Spring Boot 4.0 or later, and this is "
					+ this.version + "; properties unicorn.* have no effect. "
					+ "The application runs in this one process, which the signal HUP ends.");
		}
	}

	/** A version that cannot be read is taken for a new one. */
	private boolean isTooOld() {
		String major = (this.version != null) ? this.version.split("\\.", 2)[0] : "";
		return major.matches("[0-9]{1,3}") && Integer.parseInt(major) < FIRST_SUPPORTED;
	}

}
