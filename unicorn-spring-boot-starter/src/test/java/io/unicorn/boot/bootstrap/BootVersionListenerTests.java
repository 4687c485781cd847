package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class BootVersionListenerTests {

	private final GenericApplicationContext context = new GenericApplicationContext();

	/** Of the starter, the class can load itself only. */
	private SpringApplicationRunListener listener(String version) throws Exception {
		Class<?> type = new AloneClassLoader().loadClass(BootVersionListener.class.getName());
		Constructor<?> constructor = type.getDeclaredConstructor(String.class);
		constructor.setAccessible(true);
		return (SpringApplicationRunListener) constructor.newInstance(version);
	}

	@ParameterizedTest
	@ValueSource(strings = { "3.5.6", "3.0.0", "2.7.18" })
	void aVersionThatIsTooOldIsLoggedOnce(String version, CapturedOutput output) throws Exception {
		SpringApplicationRunListener listener = listener(version);
		listener.contextPrepared(this.context);
		listener.contextPrepared(this.context);
		assertThat(output.getAll().lines()).singleElement()
			.asString()
			.contains("WARN", "needs Spring Boot 4.0 or later, and this is " + version, "HUP ends");
	}

	@ParameterizedTest
	@ValueSource(strings = { "4.0.0", "4.1.1", "4.2.0-M1", "10.0.0", "unknown", "" })
	void anotherVersionIsNotLogged(String version, CapturedOutput output) throws Exception {
		listener(version).contextPrepared(this.context);
		assertThat(output).isEmpty();
	}

	@Test
	void aPoolThatIsSwitchedOffIsNotMissed(CapturedOutput output) throws Exception {
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("unicorn.enabled", "false")));
		listener("3.5.6").contextPrepared(this.context);
		assertThat(output).isEmpty();
	}

	private static final class AloneClassLoader extends ClassLoader {

		AloneClassLoader() {
			super(BootVersionListenerTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith("io.unicorn.")) {
				return super.loadClass(name, resolve);
			}
			try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
				if (in == null || !name.equals(BootVersionListener.class.getName())) {
					throw new ClassNotFoundException(name);
				}
				byte[] code = in.readAllBytes();
				return defineClass(name, code, 0, code.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
