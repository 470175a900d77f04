"""The fields of those of hera's models that Fairlead fills, in their order there.

tests/unit/targets/argo_workflows/test_models.py compares them with hera's, and says what has to change here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, str]] = {
    "ArchiveStrategy": "none tar zip",
    "Arguments": "artifacts parameters",
    "Artifact": (
        "archive archive_logs artifact_gc artifactory azure deleted from_ from_expression gcs git global_name "
        "hdfs http mode name optional oss path plugin raw recurse_mode s3 sub_path"
    ),
    "ArtifactGC": "pod_metadata service_account_name strategy",
    "ArtifactRepositoryRef": "config_map key",
    "AzureArtifact": "account_key_secret blob container endpoint use_sdk_creds",
    "Backoff": "cap duration factor max_duration",
    "Cache": "config_map",
    "ConfigMapKeySelector": "key name optional",
    "ConfigMapVolumeSource": "default_mode items name optional",
    "Container": (
        "args command env env_from image image_pull_policy lifecycle liveness_probe name ports readiness_probe "
        "resize_policy resources restart_policy security_context startup_probe stdin stdin_once "
        "termination_message_path termination_message_policy tty volume_devices volume_mounts working_dir"
    ),
    "Counter": "value",
    "CronWorkflow": "api_version kind metadata spec status",
    "CronWorkflowSpec": (
        "concurrency_policy failed_jobs_history_limit schedules starting_deadline_seconds stop_strategy "
        "successful_jobs_history_limit suspend timezone when workflow_metadata workflow_spec"
    ),
    "DAGTask": (
        "arguments continue_on dependencies depends hooks inline name on_exit template template_ref when "
        "with_items with_param with_sequence"
    ),
    "DAGTemplate": "fail_fast target tasks",
    "EmptyDirVolumeSource": "medium size_limit",
    "EnvVar": "name value value_from",
    "EnvVarSource": "config_map_key_ref field_ref resource_field_ref secret_key_ref",
    "ExecutorConfig": "service_account_name",
    "GCSArtifact": "bucket key service_account_key_secret",
    "Gauge": "operation realtime value",
    "Inputs": "artifacts parameters",
    "KeyToPath": "key mode path",
    "LocalObjectReference": "name",
    "Memoize": "cache key max_age",
    "Metadata": "annotations labels",
    "MetricLabel": "key value",
    "Metrics": "prometheus",
    "Mutex": "database name namespace",
    "NoneStrategy": "",
    "ObjectMeta": (
        "annotations creation_timestamp deletion_grace_period_seconds deletion_timestamp finalizers generate_name "
        "generation labels managed_fields name namespace owner_references resource_version self_link uid"
    ),
    "Outputs": "artifacts exit_code parameters result",
    "Parameter": "default description enum global_name name value value_from",
    "PodGC": "delete_delay_duration label_selector strategy",
    "PodSecurityContext": (
        "app_armor_profile fs_group fs_group_change_policy run_as_group run_as_non_root run_as_user "
        "se_linux_change_policy se_linux_options seccomp_profile supplemental_groups supplemental_groups_policy "
        "sysctls windows_options"
    ),
    "Prometheus": "counter gauge help histogram labels name when",
    "RawArtifact": "data",
    "ResourceRequirements": "claims limits requests",
    "ResourceTemplate": (
        "action failure_condition flags manifest manifest_from merge_strategy set_owner_reference success_condition"
    ),
    "RetryStrategy": "affinity backoff expression limit retry_policy",
    "S3Artifact": (
        "access_key_secret bucket ca_secret create_bucket_if_not_present encryption_options endpoint insecure key "
        "region role_arn secret_key_secret session_token_secret use_sdk_creds"
    ),
    "SecretKeySelector": "key name optional",
    "SecurityContext": (
        "allow_privilege_escalation app_armor_profile capabilities privileged proc_mount "
        "read_only_root_filesystem run_as_group run_as_non_root run_as_user se_linux_options seccomp_profile "
        "windows_options"
    ),
    "Synchronization": "mutexes semaphores",
    "TTLStrategy": "seconds_after_completion seconds_after_failure seconds_after_success",
    "Template": (
        "active_deadline_seconds affinity annotations archive_location automount_service_account_token container "
        "container_set daemon dag data executor fail_fast host_aliases http init_containers inputs memoize "
        "metadata metrics name node_selector outputs parallelism plugin pod_spec_patch priority_class_name "
        "resource retry_strategy scheduler_name script security_context service_account_name sidecars steps "
        "suspend synchronization timeout tolerations volumes"
    ),
    "Toleration": "effect key operator toleration_seconds value",
    "ValueFrom": "config_map_key_ref default event expression jq_filter json_path parameter path supplied",
    "Volume": (
        "aws_elastic_block_store azure_disk azure_file cephfs cinder config_map csi downward_api empty_dir "
        "ephemeral fc flex_volume flocker gce_persistent_disk git_repo glusterfs host_path image iscsi name nfs "
        "persistent_volume_claim photon_persistent_disk portworx_volume projected quobyte rbd scale_io secret "
        "storageos vsphere_volume"
    ),
    "VolumeMount": "mount_path mount_propagation name read_only recursive_read_only sub_path sub_path_expr",
    "WorkflowLevelArtifactGC": "force_finalizer_removal pod_metadata pod_spec_patch service_account_name strategy",
    "WorkflowMetadata": "annotations labels labels_from",
    "WorkflowSpec": (
        "active_deadline_seconds affinity archive_logs arguments artifact_gc artifact_repository_ref "
        "automount_service_account_token dns_config dns_policy entrypoint executor hooks host_aliases "
        "host_network image_pull_secrets metrics node_selector on_exit parallelism pod_disruption_budget pod_gc "
        "pod_metadata pod_priority_class_name pod_spec_patch priority retry_strategy scheduler_name "
        "security_context service_account_name shutdown suspend synchronization template_defaults templates "
        "tolerations ttl_strategy volume_claim_gc volume_claim_templates volumes workflow_metadata "
        "workflow_template_ref"
    ),
    "WorkflowTemplate": "api_version kind metadata spec",
    "WorkflowTemplateRef": "cluster_scope name",
}
"""Model -> the names of its fields."""

WRITTEN: Final[Mapping[str, str]] = {
    "artifact_gc": "artifactGC",
    "downward_api": "downwardAPI",
    "pod_gc": "podGC",
    "role_arn": "roleARN",
    "scale_io": "scaleIO",
    "use_sdk_creds": "useSDKCreds",
    "volume_claim_gc": "volumeClaimGC",
}
"""What some of them are called in a manifest; all others are written in camel case."""
