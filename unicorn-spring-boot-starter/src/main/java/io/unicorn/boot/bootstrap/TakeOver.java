package io.unicorn.boot.bootstrap;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Decides whether the application's process is to become a master.
 *
 * @param wanted whether it is
 * @param remark why not, where that may surprise; {@code null} where it will not
 */
record TakeOver(boolean wanted, @Nullable String remark) {

	private static final TakeOver NO = new TakeOver(false, null);

	private static final String TOMCAT = "org.springframework.boot.tomcat.TomcatWebServerFactory";

	private static final String TOMCAT_SERVLET = "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory";

	private static final String NETTY = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";

	/**
	 * Decide.
	 * @param enabled the value of {@code unicorn.enabled}, or {@code null} if it is not
	 * set
	 */
	static TakeOver decide(LaunchSite site, @Nullable Boolean enabled, @Nullable WebApplicationType deduced,
			Environment environment, ClassLoader classLoader) {
		if (Boolean.FALSE.equals(enabled) || !site.isApplicationItself() || isTrainingOrBuild(site, environment)) {
			return NO;
		}
		WebApplicationType type = webApplicationType(deduced, environment);
		if (type == WebApplicationType.NONE) {
			return NO;
		}
		if (!site.operatingSystem().equals("Linux")) {
			return no("it needs Linux, and this is " + site.operatingSystem());
		}
		if (environment.getProperty("server.port", "").strip().equals("-1")) {
			return no("server.port=-1 switches the web server off");
		}
		if (site.hasFlag("-agentlib:jdwp", "-Xrunjdwp") && !Boolean.TRUE.equals(enabled)) {
			return no("the JVM waits for a debugger; set unicorn.enabled=true for a pool nevertheless");
		}
		return server(type, classLoader);
	}

	private static TakeOver server(WebApplicationType type, ClassLoader classLoader) {
		boolean tomcat = ClassUtils.isPresent(TOMCAT, classLoader) && ((type == WebApplicationType.SERVLET)
				? ClassUtils.isPresent(TOMCAT_SERVLET, classLoader) : !ClassUtils.isPresent(NETTY, classLoader));
		return tomcat ? new TakeOver(true, null)
				: no("it works with Tomcat, which this application does not use as its web server");
	}

	private static TakeOver no(String why) {
		return new TakeOver(false, "No worker pool: " + why + ". The application runs in this one process.");
	}

	/** The process is to end before it serves, or what it does is recorded. */
	private static boolean isTrainingOrBuild(LaunchSite site, Environment environment) {
		return environment.getProperty("spring.aot.processing", Boolean.class, false)
				|| environment.containsProperty("spring.context.exit")
				|| environment.containsProperty("spring.context.checkpoint")
				|| System.getProperty("org.graalvm.nativeimage.imagecode") != null || site.hasFlag("-XX:AOTCacheOutput",
						"-XX:AOTMode=record", "-XX:AOTMode=create", "-XX:ArchiveClassesAtExit", "-XX:CRaCCheckpointTo");
	}

	private static WebApplicationType webApplicationType(@Nullable WebApplicationType deduced,
			Environment environment) {
		String configured = environment.getProperty("spring.main.web-application-type");
		if (configured == null) {
			return (deduced != null) ? deduced : WebApplicationType.NONE;
		}
		try {
			return WebApplicationType.valueOf(configured.strip().toUpperCase(Locale.ROOT));
		}
		catch (IllegalArgumentException ex) {
			// Spring Boot itself is about to refuse it.
			return WebApplicationType.NONE;
		}
	}

}
