package io.unicorn.boot.bootstrap;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.asm.ClassWriter;
import org.springframework.asm.Opcodes;
import org.springframework.boot.WebApplicationType;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class TakeOverTests {

	private static final String MAIN = "com.example.Application";

	private static final String TOMCAT = "org.springframework.boot.tomcat.TomcatWebServerFactory";

	private static final String TOMCAT_SERVLET = "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory";

	private static final String NETTY = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";

	private final MockEnvironment environment = new MockEnvironment();

	/** Knows the given classes alone. */
	private static ClassLoader classes(String... names) {
		return new ClassLoader(null) {

			@Override
			protected Class<?> findClass(String name) throws ClassNotFoundException {
				if (!Set.of(names).contains(name)) {
					throw new ClassNotFoundException(name);
				}
				ClassWriter writer = new ClassWriter(0);
				writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name.replace('.', '/'), null, "java/lang/Object", null);
				writer.visitEnd();
				byte[] code = writer.toByteArray();
				return defineClass(name, code, 0, code.length);
			}

		};
	}

	private static LaunchSite site(String system, String... flags) {
		return new LaunchSite(system, "main", MAIN, MAIN, List.of(flags), true);
	}

	private TakeOver decide(LaunchSite site, @Nullable Boolean enabled) {
		return TakeOver.decide(site, enabled, WebApplicationType.SERVLET, this.environment,
				classes(TOMCAT, TOMCAT_SERVLET));
	}

	@Test
	void anApplicationThatIsStartedByItselfBecomesAPool() {
		assertThat(decide(site("Linux"), null)).isEqualTo(new TakeOver(true, null));
		assertThat(decide(site("Linux"), true)).isEqualTo(new TakeOver(true, null));
	}

	@Test
	void whoSaysNoIsNotToldWhy() {
		assertThat(decide(site("Linux"), false)).isEqualTo(new TakeOver(false, null));
		assertThat(decide(site("Mac OS X", "-agentlib:jdwp=x"), false).remark()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "main, com.example.Application, true, true",
			"main, org.springframework.boot.loader.launch.JarLauncher, true, true",
			"main, org.springframework.boot.loader.launch.PropertiesLauncher, true, true",
			"restartedMain, com.example.Application, true, false", "main, com.example.Application, false, false",
			"main, org.apache.maven.surefire.booter.ForkedBooter, true, false",
			"main, com.intellij.rt.junit.JUnitStarter, true, false",
			"main, com.example.Application$Nested, true, false", "main, '', true, false",
			"pool-1-thread-1, java.lang.Thread, true, false" })
	void onlyTheApplicationItselfIsTakenOver(String thread, String bottom, boolean launcher, boolean wanted) {
		LaunchSite site = new LaunchSite("Linux", thread, bottom, MAIN, List.of(), launcher);
		assertThat(site.isApplicationItself()).isEqualTo(wanted);
		assertThat(decide(site, null)).isEqualTo(new TakeOver(wanted, null));
	}

	@Test
	void anApplicationWithoutAMainClassIsNotItself() {
		assertThat(new LaunchSite("Linux", "main", "com.example.Other", null, List.of(), true).isApplicationItself())
			.isFalse();
	}

	@Test
	void thisTestIsNotTheApplication() {
		assertThat(LaunchSite.current(TakeOverTests.class).isApplicationItself()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-XX:AOTCacheOutput=a.aot", "-XX:AOTMode=record", "-XX:AOTMode=create",
			"-XX:ArchiveClassesAtExit=a.jsa", "-XX:CRaCCheckpointTo=cr" })
	void aTrainingRunIsLeftAlone(String flag) {
		assertThat(decide(site("Linux", flag), true)).isEqualTo(new TakeOver(false, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-XX:AOTCache=a.aot", "-XX:AOTMode=auto", "-XX:SharedArchiveFile=a.jsa", "-Xmx1g" })
	void aRunThatUsesATrainedCacheBecomesAPool(String flag) {
		assertThat(decide(site("Linux", flag), null).wanted()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "spring.aot.processing, true", "spring.context.exit, onRefresh",
			"spring.context.checkpoint, onRefresh" })
	void aRunThatEndsBeforeItServesIsLeftAlone(String property, String value) {
		this.environment.setProperty(property, value);
		assertThat(decide(site("Linux"), true)).isEqualTo(new TakeOver(false, null));
	}

	@ParameterizedTest
	@CsvSource({ "Mac OS X", "Windows 11" })
	void anotherOperatingSystemIsRemarked(String system) {
		assertThat(decide(site(system), true).remark()).isEqualTo("No worker pool: it needs Linux, and this is "
				+ system + ". The application runs in this one process.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-agentlib:jdwp=transport=dt_socket", "-Xrunjdwp:x" })
	void aDebuggedApplicationStaysOneProcessUnlessAskedNotTo(String flag) {
		assertThat(decide(site("Linux", flag), null).remark()).contains("debugger").contains("unicorn.enabled=true");
		assertThat(decide(site("Linux", flag), true).wanted()).isTrue();
	}

	@Test
	void aServerThatIsSwitchedOffIsRemarked() {
		this.environment.setProperty("server.port", " -1 ");
		assertThat(decide(site("Linux"), null).remark()).contains("server.port=-1");
	}

	@ParameterizedTest(name = "deduced {0}, configured {1}: {2}")
	@CsvSource(nullValues = "-", value = { "SERVLET, -, true", "NONE, -, false", "-, -, false", "SERVLET, none, false",
			"NONE, servlet, true", "SERVLET, ' Servlet ', true", "SERVLET, nonsense, false" })
	void onlyAWebApplicationBecomesAPool(@Nullable WebApplicationType deduced, @Nullable String configured,
			boolean wanted) {
		if (configured != null) {
			this.environment.setProperty("spring.main.web-application-type", configured);
		}
		assertThat(TakeOver.decide(site("Linux"), null, deduced, this.environment, classes(TOMCAT, TOMCAT_SERVLET)))
			.isEqualTo(new TakeOver(wanted, null));
	}

	@ParameterizedTest(name = "{0} with {1}: {2}")
	@CsvSource(delimiter = '|',
			value = { "SERVLET|" + TOMCAT + "," + TOMCAT_SERVLET + "|true", "SERVLET|" + TOMCAT + "|false",
					"SERVLET|none|false", "REACTIVE|" + TOMCAT + "|true", "REACTIVE|" + TOMCAT + "," + NETTY + "|false",
					"REACTIVE|" + NETTY + "|false" })
	void onlyTomcatBecomesAPool(WebApplicationType type, String present, boolean wanted) {
		TakeOver takeOver = TakeOver.decide(site("Linux"), null, type, this.environment,
				classes(present.split(",", -1)));
		assertThat(takeOver.wanted()).isEqualTo(wanted);
		if (!wanted) {
			assertThat(takeOver.remark()).contains("it works with Tomcat");
		}
	}

	@Test
	void flagsAreFoundByTheirBeginning() {
		LaunchSite site = site("Linux", "-Xmx1g", "-agentlib:jdwp=x");
		assertThat(site.hasFlag("-agentlib:jdwp", "-Xrunjdwp")).isTrue();
		assertThat(site.hasFlag("jdwp")).isFalse();
	}

}
