package io.unicorn.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.unicorn.launch.settings.RolloutSettings;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the metadata of the properties, which an editor shows: it must be complete, and
 * its defaults must be those of the code.
 */
class ConfigurationMetadataTests {

	private static final Map<String, String> DEFAULTS = Map.ofEntries(Map.entry("unicorn.workers", "auto"),
			Map.entry("unicorn.bind", "[]"), Map.entry("unicorn.reuse-port", "false"),
			Map.entry("unicorn.unix.mode", "0660"), Map.entry("unicorn.max-requests", "0"),
			Map.entry("unicorn.max-requests-jitter", "0"), Map.entry("unicorn.timeout", "30s"),
			Map.entry("unicorn.graceful-timeout", "30s"), Map.entry("unicorn.boot-timeout", "120s"),
			Map.entry("unicorn.migration-timeout", "10m"), Map.entry("unicorn.initialization", "first"),
			Map.entry("unicorn.scheduling", "leader"), Map.entry("unicorn.shutdown-delay", "0s"),
			Map.entry("unicorn.slow-request", "0s"), Map.entry("unicorn.reload-on-change", "false"),
			Map.entry("unicorn.rollout.max-surge", "1"), Map.entry("unicorn.rollout.max-unavailable", "0"),
			Map.entry("unicorn.health.min-ready", "0"), Map.entry("unicorn.dashboard.enabled", "false"),
			Map.entry("unicorn.rollout.health", "readiness"), Map.entry("unicorn.rollout.observe", "5s"),
			Map.entry("unicorn.warm-up.paths", "[]"), Map.entry("unicorn.warm-up.requests", "1000"),
			Map.entry("unicorn.warm-up.timeout", "30s"), Map.entry("unicorn.aot-cache", "auto"),
			Map.entry("unicorn.jvm-profile", "balanced"), Map.entry("unicorn.jvm-args", "[]"),
			Map.entry("unicorn.proxy-protocol", "off"), Map.entry("unicorn.proxy-allow-ips", "127.0.0.1,::1"),
			Map.entry("unicorn.share.evictions", "true"), Map.entry("unicorn.share.stomp", "true"),
			Map.entry("unicorn.share.sessions", "true"), Map.entry("unicorn.hooks.timeout", "10s"),
			Map.entry("unicorn.doctor.enabled", "true"), Map.entry("unicorn.doctor.silenced", "[]"));

	private static List<JsonNode> properties() throws IOException {
		try (InputStream in = UnicornProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			assertThat(in).isNotNull();
			JsonNode metadata = JsonMapper.builder().build().readTree(in.readAllBytes());
			return StreamSupport.stream(metadata.get("properties").spliterator(), false)
				.filter((property) -> property.get("name").asString().startsWith("unicorn."))
				.toList();
		}
	}

	private static Stream<String> names(String prefix, Class<?> type) {
		return Arrays.stream(type.getRecordComponents())
			.flatMap((component) -> component.getType().isRecord()
					? names(dashed(prefix, component) + ".", component.getType())
					: Stream.of(dashed(prefix, component)));
	}

	private static String dashed(String prefix, RecordComponent component) {
		return prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	@Test
	void everyPropertyIsThere() throws IOException {
		assertThat(properties()).extracting((property) -> property.get("name").asString())
			.containsExactlyInAnyOrderElementsOf(names("unicorn.", UnicornProperties.class).toList());
	}

	@Test
	void everyPropertyHasATypeAndADescription() throws IOException {
		assertThat(properties()).allSatisfy((property) -> {
			assertThat(property.get("type")).as("type of %s", property).isNotNull();
			assertThat(property.get("description")).as("description of %s", property).isNotNull();
			assertThat(property.get("description").asString()).matches("(?s)[A-Z].*[^.]\\.")
				.doesNotContain("@", "{", "<", "\n");
		});
	}

	@Test
	void everyDescriptionNamesTheDefault() throws IOException {
		assertThat(properties()).allSatisfy((property) -> {
			String name = property.get("name").asString();
			String text = property.get("description").asString();
			String value = DEFAULTS.get(name);
			if (value == null) {
				assertThat(text).as(name).contains("By default ");
			}
			else {
				assertThat(text).as(name).endsWith("The default is " + (value.equals("[]") ? "none" : value) + ".");
			}
		});
	}

	@Test
	void theDocumentedDefaultsAreThoseOfTheCode() {
		UnicornProperties defaults = UnicornPropertiesBinder.bind(new MockEnvironment());
		MockEnvironment documented = new MockEnvironment();
		DEFAULTS.forEach((name, value) -> documented.setProperty(name, value.equals("[]") ? "" : value));
		assertThat(UnicornPropertiesBinder.bind(documented)).isEqualTo(defaults);
		assertThat(defaults.rollout().toSettings()).isEqualTo(RolloutSettings.DEFAULT);
	}

	@Test
	void everyDefaultIsShown() throws IOException {
		assertThat(properties()).allSatisfy((property) -> {
			String name = property.get("name").asString();
			JsonNode value = property.get("defaultValue");
			assertThat((value != null) ? text(value) : null).as("default of %s", name).isEqualTo(DEFAULTS.get(name));
		});
	}

	/** A list with elements is shown in brackets. */
	private static String text(JsonNode value) {
		return value.asString().replaceAll("^\\[(.+)]$", "$1").replace(", ", ",");
	}

}
