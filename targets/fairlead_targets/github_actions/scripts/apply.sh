# shellcheck shell=bash
umask 077
export KUBECONFIG="$RUNNER_TEMP/kubeconfig"
authority=()
if [ -n "$AUTHORITY" ]; then
  authority=(--certificate-authority="$AUTHORITY" --embed-certs)
fi
kubectl config set-cluster target --server="$SERVER" "${authority[@]}" > /dev/null
kubectl config set users.workflow.tokenFile "$RUNNER_TEMP/cluster-token" > /dev/null
kubectl config set-context target --cluster=target --user=workflow > /dev/null
kubectl config use-context target > /dev/null
curl --fail --silent --show-error --retry 3 --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$AUDIENCE" |
  jq --exit-status --raw-output .value > "$RUNNER_TEMP/cluster-token"
kubectl apply --server-side --field-manager=fairlead --kustomize "$FOLDER"
